import type { ProbeStageName } from '@integrations/contracts';
import { ProviderError } from '../provider-error';

/** The stage that a call has reached. */
export type TransportStage = Extract<ProbeStageName, 'dns' | 'tcp' | 'tls' | 'http'>;

/** This process or its machine has run out of file descriptors, which says nothing about the called service. */
const OUT_OF_DESCRIPTORS = new Set(['EMFILE', 'ENFILE']);

/** The error for a failure while connecting. `host` is only used in the message. */
export function connectError(error: unknown, stage: TransportStage, host: string): ProviderError {
  if (error instanceof ProviderError) return error;
  const code = errorCodeOf(error);
  const options = { cause: error, stage };
  if (OUT_OF_DESCRIPTORS.has(code)) {
    return new ProviderError('internal', `No file descriptor is left to reach ${host} with (${code})`, options);
  }
  switch (stage) {
    case 'dns':
      return new ProviderError('network', `The name ${host} does not resolve (${code})`, options);
    case 'tcp':
      if (code === 'ETIMEDOUT') return new ProviderError('timeout', `No answer from ${host} (${code})`, options);
      return new ProviderError('network', `No connection to ${host} (${code})`, options);
    case 'tls':
      return new ProviderError('tls', `The TLS handshake with ${host} failed (${code})`, options);
    case 'http':
      return callError(error, host);
  }
}

/** The error for a failure after the connection was established. */
export function callError(error: unknown, host: string): ProviderError {
  if (error instanceof ProviderError) return error;
  const code = errorCodeOf(error);
  const options = { cause: error, stage: 'http' } as const;
  if (isTlsAlert(error)) {
    return new ProviderError('tls', `${host} aborted the TLS connection (${code})`, { cause: error, stage: 'tls' });
  }
  switch (code) {
    case 'UND_ERR_HEADERS_OVERFLOW':
      return new ProviderError('too_large', `${host} answered with too many headers`, options);
    case 'UND_ERR_INVALID_ARG':
    case 'UND_ERR_NOT_SUPPORTED':
      // undici names the offending header, never its value.
      return new ProviderError('invalid_request', `The request cannot be sent: ${messageOf(error)}`, { cause: error });
    case 'UND_ERR_CLOSED':
    case 'UND_ERR_DESTROYED':
      return new ProviderError('internal', 'The egress client is closed', { cause: error });
    default:
      return new ProviderError('network', `The exchange with ${host} broke (${code})`, options);
  }
}

/** In TLS 1.3 a server can refuse the client after the handshake, for example for a missing client certificate. */
export function isTlsAlert(error: unknown): boolean {
  return errorCodeOf(error).startsWith('ERR_SSL');
}

/** The code of a system, TLS or HTTP parser error; the name of its class if it has none. */
export function errorCodeOf(error: unknown): string {
  if (typeof error !== 'object' || error === null) return 'unknown';
  const { code, name } = error as { code?: unknown; name?: unknown };
  if (typeof code === 'string' && code !== '') return code;
  return typeof name === 'string' ? name : 'unknown';
}

function messageOf(error: unknown): string {
  return String((error as Partial<Error>).message);
}
