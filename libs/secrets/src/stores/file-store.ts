import { TENANT_PATTERN } from '@integrations/contracts';
import type { Availability, Secret } from '@integrations/provider-kit';
import { constants, existsSync } from 'node:fs';
import { type FileHandle, open, readlink, realpath } from 'node:fs/promises';
import { SecretStoreError, type SecretStore, type StoreRequest } from './secret-store';
import { MAX_SECRET_BYTES, namedPart, refuseVersion, textSecret } from './secret-text';

/** Linux shows here which file a descriptor really refers to, whatever happened to the path meanwhile. */
const DESCRIPTORS = '/proc/self/fd';
// O_NONBLOCK: opening a FIFO must not wait for a writer.
const FLAGS = constants.O_RDONLY | constants.O_NONBLOCK | constants.O_NOCTTY;
const NOT_FOUND = new Set(['ENOENT', 'ENOTDIR', 'ENAMETOOLONG']);
// Not EACCES: that is a missing permission of our user, and says nothing about the tenant.
const DENIED = new Set(['ELOOP', 'ENXIO']);

/**
 * Secrets in files: `authref://file/github/key.pem` is `<root>/<tenant>/github/key.pem`. UTF-8 up to 64 KiB; a final line
 * end is dropped. Symbolic links (as Kubernetes mounts them) may lead anywhere within the tenant's directory.
 */
export class FileStore implements SecretStore {
  readonly name = 'file';

  constructor(private readonly root: string) {}

  isAvailable(): Availability {
    if (!existsSync(DESCRIPTORS)) return { available: false, reason: 'the file store needs Linux with /proc' };
    if (!existsSync(this.root)) return { available: false, reason: 'the directory of the file store does not exist' };
    return { available: true };
  }

  async read({ tenantId, ref }: StoreRequest, signal: AbortSignal): Promise<Secret> {
    signal.throwIfAborted();
    refuseVersion(ref);
    if (!TENANT_PATTERN.test(tenantId)) throw new SecretStoreError('denied', 'the tenant has no directory');
    const { available, reason } = this.isAvailable();
    if (!available) throw new SecretStoreError('unavailable', reason ?? 'the file store is not available');
    const { text, version } = await this.#contents(tenantId, ref.path);
    return textSecret(namedPart(text, ref), version, null);
  }

  async #contents(tenantId: string, path: string): Promise<Contents> {
    let file: FileHandle | undefined;
    try {
      const tenantDir = `${await realpath(this.root)}/${tenantId}/`;
      file = await open(tenantDir + path, FLAGS);
      return await readWithin(tenantDir, file);
    } catch (error) {
      throw asStoreError(error);
    } finally {
      await file?.close();
    }
  }
}

interface Contents {
  readonly text: string;
  readonly version: string;
}

/** Checks the open file instead of its path, which could be swapped between the check and the opening. */
async function readWithin(tenantDir: string, file: FileHandle): Promise<Contents> {
  const target = await readlink(`${DESCRIPTORS}/${file.fd}`);
  if (!target.startsWith(tenantDir))
    throw new SecretStoreError('denied', "the path leads out of the tenant's directory");
  const stats = await file.stat({ bigint: true });
  if (!stats.isFile()) throw new SecretStoreError('denied', 'the path is not a regular file');
  const bytes = await readUpTo(file, MAX_SECRET_BYTES + 1);
  if (bytes.length > MAX_SECRET_BYTES) throw new SecretStoreError('denied', 'the file is larger than 64 KiB');
  return { text: decode(bytes), version: `${stats.mtimeNs.toString(36)}-${stats.ino}` };
}

async function readUpTo(file: FileHandle, limit: number): Promise<Buffer> {
  const buffer = Buffer.alloc(limit);
  let length = 0;
  while (length < limit) {
    const { bytesRead } = await file.read(buffer, length, limit - length);
    if (bytesRead === 0) break;
    length += bytesRead;
  }
  return buffer.subarray(0, length);
}

function decode(bytes: Buffer): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw new SecretStoreError('denied', 'the file is not UTF-8 text');
  }
}

function asStoreError(error: unknown): SecretStoreError {
  if (error instanceof SecretStoreError) return error;
  const code = (error as NodeJS.ErrnoException).code ?? '';
  // Without the cause: its message contains the path.
  if (NOT_FOUND.has(code)) return new SecretStoreError('not_found', 'there is no such file');
  if (DENIED.has(code)) return new SecretStoreError('denied', `the file cannot be opened (${code})`);
  return new SecretStoreError('unavailable', `the file cannot be read (${code || 'unknown error'})`);
}
