import { closeSync, constants, fstatSync, openSync, readFileSync } from 'node:fs';

const MAX_FILE_BYTES = 1_024;
const OTHERS_MAY_READ = 0o077;

/** Says why a key cannot be read. Never quotes the key. */
export class KeyError extends Error {
  override readonly name = 'KeyError';
}

/** Reads a key file. Throws KeyError unless the file exists, is small and regular, and only its owner may access it. */
export function readKeyFile(path: string): string {
  const file = openKeyFile(path);
  try {
    const facts = fstatSync(file);
    if (!facts.isFile() || facts.size > MAX_FILE_BYTES) throw new KeyError('must name a small regular file');
    if (facts.mode & OTHERS_MAY_READ) throw new KeyError('must name a file that only its owner can access (chmod 600)');
    return readFileSync(file, 'utf8');
  } finally {
    closeSync(file);
  }
}

function openKeyFile(path: string): number {
  try {
    // O_NONBLOCK: a FIFO must not block the start.
    return openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
  } catch (error) {
    throw new KeyError(`names a file that cannot be opened (${(error as NodeJS.ErrnoException).code})`);
  }
}
