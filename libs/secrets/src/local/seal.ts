import { createCipheriv, createDecipheriv, createSecretKey, type KeyObject, randomBytes } from 'node:crypto';
import { SecretStoreError } from '../stores/secret-store';
import type { MasterKey, MasterKeys } from './master-key';
import type { SealedSecret } from './sealed-secret';

const CIPHER = 'aes-256-gcm';
const KEY_BYTES = 32;
const IV_BYTES = 12;
const TAG_BYTES = 16;

/** Where a sealed secret belongs. It cannot be unsealed for any other place. */
export interface Place {
  readonly tenantId: string;
  readonly path: string;
  readonly version: number;
}

/** Encrypts `text` with a data key of its own, and that key with the master key. */
export function seal(text: string, place: Place, master: MasterKey): SealedSecret {
  const dataKey = randomBytes(KEY_BYTES);
  try {
    return {
      version: place.version,
      masterKeyId: master.id,
      wrappedKey: encrypt(master.key, dataKey, keyBinding(place, master.id)),
      ciphertext: encrypt(createSecretKey(dataKey), Buffer.from(text, 'utf8'), textBinding(place)),
    };
  } finally {
    dataKey.fill(0);
  }
}

/** Throws SecretStoreError: `unavailable` without the master key, `denied` if anything was altered or moved. */
export function unseal(sealed: SealedSecret, place: Place, masters: MasterKeys): string {
  const dataKey = unwrap(sealed, place, masters);
  try {
    return decrypt(createSecretKey(dataKey), sealed.ciphertext, textBinding(place)).toString('utf8');
  } finally {
    dataKey.fill(0);
  }
}

/**
 * Wraps the data key with the current master key; the ciphertext stays as it is and is not decrypted. Once every row is
 * rewrapped, a rotation is complete and the previous master key can be removed. Throws as `unseal` does.
 */
export function rewrap(sealed: SealedSecret, place: Place, masters: MasterKeys): SealedSecret {
  const { id, key } = masters.current;
  if (sealed.masterKeyId === id) return sealed;
  const dataKey = unwrap(sealed, place, masters);
  try {
    return { ...sealed, masterKeyId: id, wrappedKey: encrypt(key, dataKey, keyBinding(place, id)) };
  } finally {
    dataKey.fill(0);
  }
}

function unwrap(sealed: SealedSecret, place: Place, { current, previous }: MasterKeys): Buffer {
  const master = [current, ...previous].find(({ id }) => id === sealed.masterKeyId);
  if (!master)
    throw new SecretStoreError('unavailable', 'the secret is sealed with a master key that is not configured');
  return decrypt(master.key, sealed.wrappedKey, keyBinding(place, master.id));
}

function keyBinding({ tenantId, path, version }: Place, masterKeyId: string): Buffer {
  return Buffer.from(JSON.stringify(['data-key', masterKeyId, tenantId, path, version]));
}

function textBinding({ tenantId, path, version }: Place): Buffer {
  return Buffer.from(JSON.stringify(['secret', tenantId, path, version]));
}

/** `base64(iv ‖ tag ‖ ciphertext)`. */
function encrypt(key: KeyObject, plain: Buffer, binding: Buffer): string {
  const iv = randomBytes(IV_BYTES);
  const cipher = createCipheriv(CIPHER, key, iv, { authTagLength: TAG_BYTES }).setAAD(binding);
  const encrypted = Buffer.concat([cipher.update(plain), cipher.final()]);
  return Buffer.concat([iv, cipher.getAuthTag(), encrypted]).toString('base64');
}

function decrypt(key: KeyObject, text: string, binding: Buffer): Buffer {
  const bytes = Buffer.from(text, 'base64');
  const tag = bytes.subarray(IV_BYTES, IV_BYTES + TAG_BYTES);
  try {
    const decipher = createDecipheriv(CIPHER, key, bytes.subarray(0, IV_BYTES), { authTagLength: TAG_BYTES });
    decipher.setAAD(binding).setAuthTag(tag);
    return Buffer.concat([decipher.update(bytes.subarray(IV_BYTES + TAG_BYTES)), decipher.final()]);
  } catch {
    throw new SecretStoreError('denied', 'the sealed secret was altered, or moved from where it belongs');
  }
}
