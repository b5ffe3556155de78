import { createHmac, createSecretKey } from 'node:crypto';
import type { MasterKeys } from '../local/master-key';
import type { AuthRef } from './auth-ref';

const LABEL = 'integrations/authref';

/** Stands for a reference where its path must not appear: in audit entries, events and logs. */
export type Fingerprint = (ref: AuthRef) => string;

/**
 * HMAC-SHA-256 under a key derived from the current master key: the same in all apps, and useless for guessing paths without
 * that key. Without a configured master key, anyone could compute the same fingerprints, and so test guesses of paths.
 */
export function fingerprintUnder(masters: MasterKeys | null): Fingerprint {
  const bytes = masters
    ? createHmac('sha256', masters.current.key).update(`${LABEL}/key`).digest()
    : Buffer.from(LABEL);
  // Given bytes instead of a KeyObject, Node spends more time on checking them each time than on the HMAC.
  const key = createSecretKey(bytes);
  return ({ canonical }) => createHmac('sha256', key).update(canonical).digest('base64url').slice(0, 22);
}
