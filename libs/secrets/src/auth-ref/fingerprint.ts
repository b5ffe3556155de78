import { createHmac, createSecretKey } from 'node:crypto';
import type { MasterKeys } from '../local/master-key';
import type { AuthRef } from './auth-ref';

const LABEL = 'integrations/authref';

/** Stands for a reference where its path must not be told: in audit entries, events and logs. */
export type Fingerprint = (ref: AuthRef) => string;

/**
 * HMAC-SHA-256 under a key that is made of the current master key: the same in all apps, and of no use for guessing paths
 * without it. Where no master key is configured everybody could make the same, and so try what paths there are.
 */
export function fingerprintUnder(masters: MasterKeys | null): Fingerprint {
  const bytes = masters
    ? createHmac('sha256', masters.current.key).update(`${LABEL}/key`).digest()
    : Buffer.from(LABEL);
  // That bytes are none takes Node longer to find out, each time, than the HMAC takes.
  const key = createSecretKey(bytes);
  return ({ canonical }) => createHmac('sha256', key).update(canonical).digest('base64url').slice(0, 22);
}
