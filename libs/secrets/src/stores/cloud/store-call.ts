import { type EgressResponse, isObject, ProviderError } from '@integrations/provider-kit';
import { SecretStoreError, type SecretStoreErrorCode } from '../secret-store';

/** Milliseconds that one read may take, including its login. */
export const READ_TIMEOUT_MS = 10_000;

/** Runs one read within `timeoutMs`. Throws SecretStoreError or the reason of `signal`. */
export async function withTimeout<T>(
  signal: AbortSignal,
  timeoutMs: number,
  read: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  signal.throwIfAborted();
  const ending = AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]);
  try {
    return await read(ending);
  } catch (error) {
    signal.throwIfAborted();
    if (ending.aborted) throw new SecretStoreError('unavailable', 'it did not answer in time');
    if (!(error instanceof ProviderError)) throw error;
    throw new SecretStoreError('unavailable', `it cannot be reached (${error.code})`, { cause: error });
  }
}

/**
 * The error for an answer other than 200. `reason` is the vendor's own code, which the message may quote; empty for an
 * answer that is not the vendor's, such as the page of a proxy. Pass `code` if the status does not determine it.
 */
export function refusal({ status }: EgressResponse, reason: string, code = codeOf(status, reason)): SecretStoreError {
  return new SecretStoreError(code, `${MEANINGS[code]} (HTTP ${status}${reason === '' ? '' : `, ${reason}`})`);
}

/** The error for an answer of 200 without the expected content. */
export function malformed(): SecretStoreError {
  return new SecretStoreError('unavailable', 'its answer cannot be read');
}

/** A vendor's error code, fit for a message; empty for anything else. */
export function reasonOf(value: unknown): string {
  return typeof value === 'string' && /^[A-Za-z_]{1,64}$/.test(value) ? value : '';
}

/** The value at the end of `names`, if each is a property of the object before it. */
export function valueAt(of: unknown, ...names: readonly string[]): unknown {
  return names.reduce((value, name) => (isObject(value) ? Reflect.get(value, name) : undefined), of);
}

const MEANINGS: Readonly<Record<SecretStoreErrorCode, string>> = {
  not_found: 'there is no such secret or version',
  denied: 'our identity may not read this secret',
  unavailable: 'it cannot answer now',
};

/**
 * Only 400, 403 and 404 say anything about the secret. A 401 is about us: while the store rejects our login, nothing is known
 * of any secret.
 */
function codeOf(status: number, reason: string): SecretStoreErrorCode {
  if (reason === '') return 'unavailable';
  if (status === 404) return 'not_found';
  return status === 400 || status === 403 ? 'denied' : 'unavailable';
}
