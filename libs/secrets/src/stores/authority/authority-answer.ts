import { isObject, type Secret } from '@integrations/provider-kit';
import { SecretStoreError } from '../secret-store';
import { exactSecret } from '../secret-text';

/**
 * The secret in what the Authority service answers: `{value, version?, expiresAt?}`. Throws SecretStoreError; `unavailable`
 * for one that has ended before `now`, in milliseconds since the epoch: that the service knows no better may pass.
 */
export function secretIn(answer: unknown, now: number): Secret {
  const { value, version, expiresAt } = isObject(answer) ? answer : {};
  const expiry = expiryOf(expiresAt);
  if (typeof value !== 'string' || expiry === undefined) throw malformed();
  if (expiry && expiry.getTime() <= now) {
    throw new SecretStoreError('unavailable', 'the Authority service answers with a secret that has expired');
  }
  return exactSecret(value, typeof version === 'string' ? version : null, expiry);
}

/** What an error code of the Authority service means. Its own words are not passed on. */
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
  return new SecretStoreError('unavailable', 'the Authority service answers with something that is no secret');
}

/** Undefined for what is no time. */
function expiryOf(expiresAt: unknown): Date | null | undefined {
  if (expiresAt === undefined || expiresAt === null) return null;
  const time = typeof expiresAt === 'string' ? Date.parse(expiresAt) : NaN;
  return Number.isNaN(time) ? undefined : new Date(time);
}
