import { execFileSync } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { KeyError } from '../key-file';
import { generateMasterKey, parseMasterKey, readMasterKeyFile } from './master-key';

describe('parseMasterKey', () => {
  it('reads the same key from base64, base64url and hexadecimal digits', () => {
    const bytes = Buffer.alloc(32, 0xfb);
    const ids = [
      bytes.toString('base64'),
      bytes.toString('base64url'),
      bytes.toString('hex'),
      `${bytes.toString('hex')}\n`,
    ]
      .map(parseMasterKey)
      .map(({ id }) => id);
    expect(new Set(ids).size).toBe(1);
    expect(ids[0]).toMatch(/^[0-9a-f]{16}$/);
    expect(parseMasterKey(generateMasterKey()).id).not.toBe(ids[0]);
  });

  const wrong = ['', 'short', 'A'.repeat(42), 'A'.repeat(45), 'g'.repeat(64), `${'A'.repeat(42)}!=`, 'a'.repeat(62)];
  // Node's decoders skip characters outside their alphabet, so these two would decode to some key.
  it.each([...wrong, `key: ${'A'.repeat(40)}`, `${'A'.repeat(20)}\n${'A'.repeat(23)}`])(
    'refuses %j without quoting it',
    (text) => {
      expect(() => parseMasterKey(text)).toThrow(new KeyError('must be 32 bytes in base64 or hexadecimal'));
    },
  );

  it('does not print the key', () => {
    const text = generateMasterKey();
    const printed =
      inspect(parseMasterKey(text), { depth: 5, showHidden: true }) + JSON.stringify(parseMasterKey(text));
    expect(printed).not.toContain(text.slice(0, 10));
    expect(printed).not.toContain(Buffer.from(text, 'base64').toString('hex').slice(0, 10));
  });
});

describe('readMasterKeyFile', () => {
  let dir: string;
  let path: string;

  beforeEach(() => {
    dir = mkdtempSync(join(tmpdir(), 'master-key-'));
    path = join(dir, 'key');
    writeFileSync(path, `${generateMasterKey()}\n`, { mode: 0o600 });
  });

  afterEach(() => rmSync(dir, { recursive: true }));

  it('reads a file that only its owner may read', () => {
    expect(readMasterKeyFile(path).id).toHaveLength(16);
    chmodSync(path, 0o400);
    expect(readMasterKeyFile(path).id).toHaveLength(16);
  });

  it.each([0o640, 0o604, 0o660, 0o644, 0o601, 0o620])('refuses mode %o', (mode) => {
    chmodSync(path, mode);
    expect(() => readMasterKeyFile(path)).toThrow('must name a file that only its owner can access');
  });

  it('refuses a missing file, a directory, a FIFO without blocking, a large file, and a file without a key', () => {
    expect(() => readMasterKeyFile(join(dir, 'missing'))).toThrow('cannot be opened (ENOENT)');
    expect(() => readMasterKeyFile(dir)).toThrow('small regular file');
    execFileSync('mkfifo', ['-m', '600', join(dir, 'fifo')]);
    expect(() => readMasterKeyFile(join(dir, 'fifo'))).toThrow('small regular file');
    writeFileSync(path, 'x'.repeat(2_000));
    expect(() => readMasterKeyFile(path)).toThrow('small regular file');
    writeFileSync(path, 'my-own-passphrase');
    expect(() => readMasterKeyFile(path)).toThrow('must be 32 bytes');
    expect(() => readMasterKeyFile(path)).not.toThrow('my-own-passphrase');
  });
});
