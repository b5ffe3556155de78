import { X509Certificate } from 'node:crypto';
import { isIP, type Socket } from 'node:net';
import { type ConnectionOptions, createSecureContext, type SecureContext, TLSSocket } from 'node:tls';
import { ProviderError } from '../provider-error';
import type { ConnectionFacts } from './egress';

const PEM_CERTIFICATE = /-----BEGIN CERTIFICATE-----[^-]*-----END CERTIFICATE-----/g;

export function tlsOptions(hostname: string, secureContext: SecureContext): ConnectionOptions {
  return {
    host: hostname,
    ...(isIP(hostname) === 0 ? { servername: hostname } : {}), // Node sends no SNI by default
    secureContext,
    ALPNProtocols: ['http/1.1'],
    rejectUnauthorized: true, // whatever NODE_TLS_REJECT_UNAUTHORIZED says
  };
}

export function tlsFacts(socket: Socket): Pick<ConnectionFacts, 'tls'> {
  const certificate = socket instanceof TLSSocket ? socket.getPeerX509Certificate() : undefined;
  if (!certificate) return {};
  const issuer = certificate.issuer.replaceAll('\n', ', ');
  return { tls: { issuer, validTo: new Date(certificate.validTo).toISOString() } };
}

/**
 * Creating a context takes longer than a handshake, so all connections of one route share one.
 * `caBundle`: PEM certificates of the authorities to trust; `''` for the public authorities.
 */
export function secureContextOf(
  caBundle: string,
  client?: { readonly cert: string; readonly key: string },
): SecureContext {
  const { cert, key } = client ?? {};
  return createSecureContext({ cert, key, ...(caBundle === '' ? {} : { ca: authoritiesOf(caBundle) }) });
}

function authoritiesOf(caBundle: string): string[] {
  const certificates = caBundle.match(PEM_CERTIFICATE) ?? [];
  if (certificates.length === 0) throw badBundle();
  try {
    // Parsed here because createSecureContext silently skips certificates that it cannot read.
    return certificates.map((pem) => new X509Certificate(pem).toString());
  } catch (cause) {
    throw badBundle(cause);
  }
}

function badBundle(cause?: unknown): ProviderError {
  const message = 'The CA bundle of the integration contains no readable PEM certificate';
  return new ProviderError('invalid_request', message, { cause });
}
