import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  realpathSync,
  renameSync,
  rmSync,
  symlinkSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseAuthRef } from '../auth-ref/auth-ref';
import { FileStore } from './file-store';
import { SecretStoreError } from './secret-store';

const OUTSIDE = 'outside-secret';
const { signal } = new AbortController();

describe('FileStore', () => {
  let base: string;
  let root: string;
  let store: FileStore;

  beforeEach(() => {
    base = realpathSync(mkdtempSync(join(tmpdir(), 'file-store-')));
    root = join(base, 'secrets');
    mkdirSync(join(root, 'acme/github'), { recursive: true });
    mkdirSync(join(root, 'other'));
    mkdirSync(join(base, 'elsewhere'));
    writeFileSync(join(root, 'acme/token'), 'tok-123\n');
    writeFileSync(join(root, 'acme/github/app.json'), '{"private_key":"pk","id":5,"empty":"","nested":{"a":"b"}}');
    writeFileSync(join(root, 'other/token'), OUTSIDE);
    writeFileSync(join(base, 'elsewhere/token'), OUTSIDE);
    store = new FileStore(root);
  });

  afterEach(() => rmSync(base, { recursive: true, force: true }));

  const read = async (path: string, tenantId = 'acme') =>
    (await store.read({ tenantId, ref: parseAuthRef(`authref://file/${path}`) }, signal)).reveal();

  async function refusal(path: string, tenantId = 'acme'): Promise<[string, string]> {
    const error = await read(path, tenantId).catch((thrown: unknown) => thrown);
    if (!(error instanceof SecretStoreError)) throw new Error(`not refused: ${String(error)}`);
    expect(error.message).not.toContain(path);
    expect(error.message).not.toContain(base);
    return [error.code, error.message];
  }

  it('reads a file of the tenant without its final line break', async () => {
    expect(await read('token')).toBe('tok-123');
    writeFileSync(join(root, 'acme/token'), 'a\n\r\n');
    expect(await read('token')).toBe('a\n');
  });

  it('picks a text field of a JSON file by its key', async () => {
    expect(await read('github/app.json#private_key')).toBe('pk');
    writeFileSync(join(root, 'acme/github/app.json'), '{"token":"tok-123\\n"}\n');
    expect(await read('github/app.json#token')).toBe('tok-123');
  });

  it.each([
    ['github/app.json#missing', 'no text field'],
    ['github/app.json#id', 'no text field'],
    ['github/app.json#nested', 'no text field'],
    ['github/app.json#toString', 'no text field'],
    ['github/app.json#__proto__', 'no text field'],
    ['github/app.json#empty', 'is empty'],
    ['token#private_key', 'not a JSON object'],
    ['missing', 'no such file'],
    ['token/below', 'no such file'],
    [`${'n'.repeat(300)}`, 'no such file'],
  ])('finds no secret at %s', async (path, message) => {
    expect(await refusal(path)).toEqual(['not_found', expect.stringContaining(message)]);
  });

  it('never quotes the content of a file that is not JSON', async () => {
    const error = await read('token#k').catch((thrown: unknown) => thrown);
    expect(`${String(error)} ${JSON.stringify(error)} ${String((error as Error).cause)}`).not.toContain('tok-123');
  });

  it('keeps the tenants apart', async () => {
    expect(await read('token', 'other')).toBe(OUTSIDE);
    expect(await refusal('other/token')).toEqual(['not_found', expect.any(String)]);
    expect(await refusal('token', '../other')).toEqual(['denied', expect.any(String)]);
    expect(await refusal('token', '')).toEqual(['denied', expect.any(String)]);
    expect(await refusal('token', 'stranger')).toEqual(['not_found', expect.any(String)]);
  });

  it.each<[string, string, () => void]>([
    ['a link to a file outside', 'link', () => symlinkSync(join(base, 'elsewhere/token'), join(root, 'acme/link'))],
    ['a relative link outside', 'link', () => symlinkSync('../../elsewhere/token', join(root, 'acme/link'))],
    ['an intermediate link outside', 'dir/token', () => symlinkSync(join(base, 'elsewhere'), join(root, 'acme/dir'))],
    ["a link into another tenant's directory", 'link', () => symlinkSync('../other/token', join(root, 'acme/link'))],
    [
      'a link to a tenant whose name begins like this one',
      'link',
      () => {
        mkdirSync(join(root, 'acme-2'));
        writeFileSync(join(root, 'acme-2/token'), OUTSIDE);
        symlinkSync('../acme-2/token', join(root, 'acme/link'));
      },
    ],
    [
      'a chain of links outside',
      'one',
      () => {
        symlinkSync('two', join(root, 'acme/one'));
        symlinkSync('../../elsewhere/token', join(root, 'acme/two'));
      },
    ],
    [
      'a link to the environment of our process',
      'link',
      () => symlinkSync('/proc/self/environ', join(root, 'acme/link')),
    ],
    ['a device', 'link', () => symlinkSync('/dev/zero', join(root, 'acme/link'))],
    [
      'a loop of links',
      'one',
      () => {
        symlinkSync('two', join(root, 'acme/one'));
        symlinkSync('one', join(root, 'acme/two'));
      },
    ],
    [
      'a tenant that is a link to another',
      'token',
      () => {
        rmSync(join(root, 'acme'), { recursive: true });
        symlinkSync('other', join(root, 'acme'));
      },
    ],
  ])('denies %s', async (_what, path, prepare) => {
    prepare();
    expect(await refusal(path)).toEqual(['denied', expect.any(String)]);
  });

  it('is unavailable, not denied, for a file that our user may not read: a rotation may be in progress', async () => {
    chmodSync(base, 0o755);
    chmodSync(join(root, 'acme/token'), 0o000);
    expect(await asNobody(() => refusal('token'))).toEqual(['unavailable', expect.stringContaining('EACCES')]);
  });

  it('follows links within the directory of the tenant, as Kubernetes mounts secrets', async () => {
    mkdirSync(join(root, 'acme/..2026_01_01'));
    writeFileSync(join(root, 'acme/..2026_01_01/password'), 'mounted');
    symlinkSync('..2026_01_01', join(root, 'acme/..data'));
    symlinkSync('..data/password', join(root, 'acme/password'));
    expect(await read('password')).toBe('mounted');
  });

  it('reads the new token after Kubernetes has replaced a mounted one', async () => {
    const mount = join(root, 'acme/cluster');
    mkdirSync(mount);
    const put = (token: string, version: string) => {
      mkdirSync(join(mount, version));
      writeFileSync(join(mount, version, 'token'), token);
      symlinkSync(version, join(mount, '..data_tmp'));
      renameSync(join(mount, '..data_tmp'), join(mount, '..data'));
    };
    put('first', '..2026_11_26_07');
    symlinkSync('..data/token', join(mount, 'token'));
    expect(await read('cluster/token')).toBe('first');
    put('second', '..2026_11_26_08');
    rmSync(join(mount, '..2026_11_26_07'), { recursive: true });
    expect(await read('cluster/token')).toBe('second');
  });

  it('accepts a root that is itself a link', async () => {
    symlinkSync(root, join(base, 'linked'));
    store = new FileStore(join(base, 'linked'));
    expect(await read('token')).toBe('tok-123');
  });

  it('denies a directory, a FIFO and a socket without blocking', async () => {
    execFileSync('mkfifo', [join(root, 'acme/fifo')]);
    const server = createServer().listen(join(root, 'acme/socket'));
    await new Promise((resolve) => server.once('listening', resolve));
    expect(await refusal('github')).toEqual(['denied', 'the path is not a regular file']);
    expect(await refusal('fifo')).toEqual(['denied', 'the path is not a regular file']);
    expect(await refusal('socket')).toEqual(['denied', expect.any(String)]);
    server.close();
  });

  it('reads 64 KiB and denies one byte more', async () => {
    writeFileSync(join(root, 'acme/big'), 'x'.repeat(65_536));
    expect(await read('big')).toHaveLength(65_536);
    writeFileSync(join(root, 'acme/big'), 'x'.repeat(65_537));
    expect(await refusal('big')).toEqual(['denied', 'the file is larger than 64 KiB']);
  });

  it('denies a file that is not UTF-8, and finds no secret in an empty one', async () => {
    writeFileSync(join(root, 'acme/binary'), Buffer.from([0x61, 0xff, 0xfe]));
    expect(await refusal('binary')).toEqual(['denied', 'the file is not UTF-8 text']);
    writeFileSync(join(root, 'acme/blank'), '\n');
    expect(await refusal('blank')).toEqual(['not_found', 'the secret is empty']);
  });

  it('denies a version, since files have none', async () => {
    expect(await refusal('token?version=1')).toEqual(['denied', expect.stringContaining('no versions')]);
  });

  it('returns another version after the file was replaced', async () => {
    const ref = parseAuthRef('authref://file/token');
    const before = await store.read({ tenantId: 'acme', ref }, signal);
    writeFileSync(join(root, 'acme/next'), 'tok-456');
    renameSync(join(root, 'acme/next'), join(root, 'acme/token'));
    const after = await store.read({ tenantId: 'acme', ref }, signal);
    expect(after.reveal()).toBe('tok-456');
    expect(after.version).not.toBe(before.version);
  });

  it('is unavailable, with a reason, while its directory does not exist', async () => {
    store = new FileStore(join(base, 'nowhere'));
    expect(store.isAvailable()).toEqual({ available: false, reason: expect.stringContaining('does not exist') });
    expect(await refusal('token')).toEqual(['unavailable', expect.any(String)]);
  });

  it('never returns content from outside while links are swapped during the read', async () => {
    const flipped = join(root, 'acme/flip');
    let stop = false;
    const flip = async () => {
      for (let i = 0; !stop; i += 1) {
        symlinkSync(i % 2 ? join(base, 'elsewhere') : join(root, 'acme/github'), `${flipped}.new`);
        renameSync(`${flipped}.new`, flipped);
        await new Promise(setImmediate);
      }
    };
    writeFileSync(join(root, 'acme/github/token'), 'inside');
    const flipping = flip();
    const outcomes = new Set<string>();
    for (let i = 0; i < 100; i += 1) {
      outcomes.add(await read('flip/token').catch((error: SecretStoreError) => error.code));
    }
    stop = true;
    await flipping;
    unlinkSync(flipped);
    expect(outcomes).not.toContain(OUTSIDE);
    expect([...outcomes].every((outcome) => ['inside', 'denied', 'not_found'].includes(outcome))).toBe(true);
  });

  it('closes each file that it opens', async () => {
    const open = () => readdirSync('/proc/self/fd').length;
    const before = open();
    for (let i = 0; i < 50; i += 1) {
      await read('token');
      await read('github').catch(() => undefined);
    }
    expect(open()).toBeLessThan(before + 10);
  });

  it('reads nothing after the signal has aborted', async () => {
    const ref = parseAuthRef('authref://file/token');
    await expect(store.read({ tenantId: 'acme', ref }, AbortSignal.abort(new Error('gone')))).rejects.toThrow('gone');
  });
});

/** Runs `work` as an unprivileged user, since root may read every file. */
async function asNobody<T>(work: () => Promise<T>): Promise<T> {
  if (process.getuid?.() !== 0) return work();
  process.seteuid?.(65_534);
  return work().finally(() => process.seteuid?.(0));
}
