import { createHmac, createSecretKey, type KeyObject, randomBytes } from 'node:crypto';
import { closeSync, constants, fstatSync, openSync, readFileSync } from 'node:fs';

const KEY_BYTES = 32;
const MAX_FILE_BYTES = 1_024;
const OTHERS_MAY_READ = 0o077;

/** A key that wraps the data keys of sealed secrets. */
export interface MasterKey {
  /** Tells keys apart and tells nothing of the key. */
  readonly id: string;
  readonly key: KeyObject;
}

/** New secrets are sealed with `current`; `previous` opens what is not rewrapped yet. */
export interface MasterKeys {
  readonly current: MasterKey;
  readonly previous: readonly MasterKey[];
}

/** What a master key cannot be read from and why; never quotes it. */
export class MasterKeyError extends Error {
  override readonly name = 'MasterKeyError';
}

/** A new master key as text, to be kept in a file of mode 0600 or in a variable. */
export function generateMasterKey(): string {
  return randomBytes(KEY_BYTES).toString('base64');
}

/** 32 bytes in base64 or in hexadecimal digits. Throws MasterKeyError. */
export function parseMasterKey(text: string): MasterKey {
  const trimmed = text.trim();
  const bytes = Buffer.from(trimmed, /^[0-9a-fA-F]{64}$/.test(trimmed) ? 'hex' : 'base64');
  if (bytes.length !== KEY_BYTES || !/^[A-Za-z0-9+/_=-]+$/.test(trimmed)) {
    throw new MasterKeyError('must be 32 bytes in base64 or hexadecimal');
  }
  const id = createHmac('sha256', bytes).update('integrations/master-key-id').digest('hex').slice(0, 16);
  const key = createSecretKey(bytes);
  bytes.fill(0);
  return { id, key };
}

/** Throws MasterKeyError unless the file is there, regular and closed to everyone but its owner. */
export function readMasterKeyFile(path: string): MasterKey {
  const file = openKeyFile(path);
  try {
    const facts = fstatSync(file);
    if (!facts.isFile() || facts.size > MAX_FILE_BYTES) throw new MasterKeyError('must name a small regular file');
    if (facts.mode & OTHERS_MAY_READ) throw new MasterKeyError('must name a file of mode 0600 (chmod 600)');
    return parseMasterKey(readFileSync(file, 'utf8'));
  } finally {
    closeSync(file);
  }
}

function openKeyFile(path: string): number {
  try {
    // O_NONBLOCK: a FIFO must not keep the start waiting.
    return openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
  } catch (error) {
    throw new MasterKeyError(`names a file that cannot be opened (${(error as NodeJS.ErrnoException).code})`);
  }
}
