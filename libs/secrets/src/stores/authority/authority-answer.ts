import { isObject, type Secret } from '@integrations/provider-kit';
import { SecretStoreError } from '../secret-store';
import { exactSecret } from '../secret-text';

/**
 * The secret in an answer of the Authority service: `{value, version?, expiresAt?}`. Throws SecretStoreError, `unavailable`
 * for a secret that expired before `now` (milliseconds since the epoch): the service may have a newer one later.
 */
export function secretIn(answer: unknown, now: number): Secret {
  const { value, version, expiresAt } = isObject(answer) ? answer : {};
  const expiry = expiryOf(expiresAt);
  if (typeof value !== 'string' || expiry === undefined) throw malformed();
  if (expiry && expiry.getTime() <= now) {
    throw new SecretStoreError('unavailable', 'the Authority service answered with a secret that has expired');
  }
  return exactSecret(value, typeof version === 'string' ? version : null, expiry);
}

/** The meaning of an error code of the Authority service; null for an unknown code. The service's message is dropped. */
export function refusalFor(code: unknown): SecretStoreError | null {
  switch (code) {
    case 'not_found':
      return new SecretStoreError('not_found', 'the Authority service has no such secret or version');
    case 'forbidden':
    case 'invalid_request':
      return new SecretStoreError('denied', `the Authority service refuses this reference (${code})`);
    default:
      return null;
  }
}

export function malformed(): SecretStoreError {
  return new SecretStoreError('unavailable', 'the Authority service answered with something that is not a secret');
}

/** Undefined if it is not a time. */
function expiryOf(expiresAt: unknown): Date | null | undefined {
  if (expiresAt === undefined || expiresAt === null) return null;
  const time = typeof expiresAt === 'string' ? Date.parse(expiresAt) : NaN;
  return Number.isNaN(time) ? undefined : new Date(time);
}
