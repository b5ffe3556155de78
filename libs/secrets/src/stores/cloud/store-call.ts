import { type EgressResponse, isObject, ProviderError } from '@integrations/provider-kit';
import { SecretStoreError, type SecretStoreErrorCode } from '../secret-store';

/** Milliseconds that one read may take, its login included. */
export const READ_TIMEOUT_MS = 10_000;

/** Runs one read within `timeoutMs`. Throws SecretStoreError or the reason of `signal`. */
export async function withinTime<T>(
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
 * For an answer other than 200. `reason` is the vendor's own code, which may be told, empty for an answer that is not the
 * vendor's, such as the page of a proxy; `code` is what it means, where the status does not tell.
 */
export function refusal({ status }: EgressResponse, reason: string, code = codeOf(status, reason)): SecretStoreError {
  return new SecretStoreError(code, `${MEANINGS[code]} (HTTP ${status}${reason === '' ? '' : `, ${reason}`})`);
}

/** For an answer of 200 without what it should hold. */
export function malformed(): SecretStoreError {
  return new SecretStoreError('unavailable', 'its answer is not understood');
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

/** Of the secret only these say anything. A 401 is of ourselves: as long as we are not let in, nothing is known of any. */
function codeOf(status: number, reason: string): SecretStoreErrorCode {
  if (reason === '') return 'unavailable';
  if (status === 404) return 'not_found';
  return status === 400 || status === 403 ? 'denied' : 'unavailable';
}
