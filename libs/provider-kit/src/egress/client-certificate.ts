import { createPrivateKey, X509Certificate } from 'node:crypto';
import { ProviderError } from '../provider-error';

/** Presented to a service that asks for a client certificate. Connections made with it are used for the holder only. */
export interface ClientCertificate {
  /** PEM: the certificate, followed by any intermediate certificates. */
  readonly certificate: string;
  /** PEM, without a passphrase. Other PEM blocks are ignored, so one secret can hold both certificate and key. */
  readonly key: string;
  /** Identifies whom the certificate was issued to, such as one integration. */
  readonly holder: string;
}

const PRIVATE_KEY = /-----BEGIN ([A-Z ]*PRIVATE KEY)-----[^-]*-----END \1-----/;

/** Certificate and key for TLS, with the expiry. Throws ProviderError `unauthenticated` without details of the key. */
export function readClientCertificate({ certificate, key }: Pick<ClientCertificate, 'certificate' | 'key'>) {
  const leaf = read(() => new X509Certificate(certificate), 'The client certificate is not in PEM');
  const privateKey = read(
    () => createPrivateKey(PRIVATE_KEY.exec(key)?.[0] ?? ''),
    'The key of the client certificate is not a private key in PEM without a passphrase',
  );
  if (!leaf.checkPrivateKey(privateKey)) throw unusable('The key does not belong to the client certificate');
  const pem = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
  return { cert: certificate, key: pem, validTo: new Date(leaf.validTo).toISOString() };
}

function read<T>(parse: () => T, message: string): T {
  try {
    return parse();
  } catch {
    // The cause is left out, because OpenSSL's message may reveal parts of the key.
    throw unusable(message);
  }
}

function unusable(message: string): ProviderError {
  return new ProviderError('unauthenticated', message);
}
