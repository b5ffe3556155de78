import { createHmac, createSecretKey, type KeyObject, randomBytes } from 'node:crypto';
import { KeyError, readKeyFile } from '../key-file';

const KEY_BYTES = 32;

/** A key that wraps the data keys of sealed secrets. */
export interface MasterKey {
  /** Identifies the key without revealing anything about it. */
  readonly id: string;
  readonly key: KeyObject;
}

/** New secrets are sealed with `current`; `previous` opens secrets that are not rewrapped yet. */
export interface MasterKeys {
  readonly current: MasterKey;
  readonly previous: readonly MasterKey[];
}

/** A new master key as text, to store in a file of mode 0600 or in an environment variable. */
export function generateMasterKey(): string {
  return randomBytes(KEY_BYTES).toString('base64');
}

/** 32 bytes in base64 or in hexadecimal digits. Throws KeyError. */
export function parseMasterKey(text: string): MasterKey {
  const trimmed = text.trim();
  const bytes = Buffer.from(trimmed, /^[0-9a-fA-F]{64}$/.test(trimmed) ? 'hex' : 'base64');
  if (bytes.length !== KEY_BYTES || !/^[A-Za-z0-9+/_=-]+$/.test(trimmed)) {
    throw new KeyError('must be 32 bytes in base64 or hexadecimal');
  }
  const id = createHmac('sha256', bytes).update('integrations/master-key-id').digest('hex').slice(0, 16);
  const key = createSecretKey(bytes);
  bytes.fill(0);
  return { id, key };
}

/** Throws KeyError. */
export function readMasterKeyFile(path: string): MasterKey {
  return parseMasterKey(readKeyFile(path));
}
