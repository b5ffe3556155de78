import { Secret } from '@integrations/provider-kit';
import { AuthRefError, parseAuthRef } from '../auth-ref/auth-ref';
import { LocalStore } from './local-store';
import { generateMasterKey, parseMasterKey } from './master-key';
import type { SealedSecret, SealedSecretStorage } from './sealed-secret';

const { signal } = new AbortController();

class MemoryStorage implements SealedSecretStorage {
  readonly rows = new Map<string, SealedSecret>();
  down = false;

  async put(tenantId: string, path: string, sealed: SealedSecret): Promise<number> {
    await this.#ask();
    const key = `${tenantId} ${path} ${sealed.version}`;
    if (this.rows.has(key)) throw new Error('duplicate key');
    this.rows.set(key, sealed);
    return sealed.version;
  }

  async get(tenantId: string, path: string, version?: number): Promise<SealedSecret | null> {
    await this.#ask();
    const versions = [...this.rows]
      .filter(([key]) => key.startsWith(`${tenantId} ${path} `))
      .map(([key, sealed]) => ({ ...sealed, version: Number(key.split(' ')[2]) }))
      .sort((a, b) => b.version - a.version);
    return versions.find((row) => version === undefined || row.version === version) ?? null;
  }

  async #ask(): Promise<void> {
    await new Promise(setImmediate);
    if (this.down) throw new Error('connection to the database lost');
  }
}

describe('LocalStore', () => {
  const masters = { current: parseMasterKey(generateMasterKey()), previous: [] };
  let storage: MemoryStorage;
  let store: LocalStore;

  beforeEach(() => {
    storage = new MemoryStorage();
    store = new LocalStore(storage, masters);
  });

  const read = (path: string, tenantId = 'acme') =>
    store.read({ tenantId, ref: parseAuthRef(`authref://local/${path}`) }, signal);
  const write = (path: string, value: string, tenantId = 'acme') => store.write(tenantId, path, new Secret(value));

  it('keeps each version, and returns the newest or the requested one', async () => {
    expect(await write('github/key', 'first')).toBe(1);
    expect(await write('github/key', 'second')).toBe(2);
    expect((await read('github/key')).reveal()).toBe('second');
    expect((await read('github/key')).version).toBe('2');
    expect((await read('github/key?version=1')).reveal()).toBe('first');
    expect((await read('github/key?version=1')).version).toBe('1');
  });

  it('hands no plaintext to its storage', async () => {
    await write('key', 'plain-secret');
    expect(JSON.stringify([...storage.rows])).not.toContain('plain-secret');
  });

  it('picks a field of a JSON secret', async () => {
    await write('app', '{"private_key":"pk"}');
    expect((await read('app#private_key')).reveal()).toBe('pk');
    await expect(read('app#other')).rejects.toMatchObject({ code: 'not_found' });
  });

  it.each([
    ['tok-123\n', 'key', 'tok-123'],
    ['tok-123\r\n', 'key', 'tok-123'],
    ['two\n\n', 'key', 'two\n'],
    ['{"token":"tok-123\\n"}\n', 'key#token', 'tok-123'],
  ])('drops the final line break of %j', async (value, path, given) => {
    await write('key', value);
    expect((await read(path)).reveal()).toBe(given);
  });

  it.each(['\n', '\r\n'])('refuses to replace a secret with only a line break: %j', async (value) => {
    await write('key', 'tok-123');
    await expect(write('key', value)).rejects.toMatchObject({ code: 'denied' });
    expect((await read('key')).reveal()).toBe('tok-123');
  });

  it.each([
    'missing',
    'key?version=2',
    'key?version=0',
    'key?version=01',
    'key?version=latest',
    'key?version=9999999999',
  ])('finds no secret at %s', async (path) => {
    await write('key', 'value-1');
    await expect(read(path)).rejects.toMatchObject({ name: 'SecretStoreError', code: 'not_found' });
  });

  it('keeps the tenants apart', async () => {
    await write('key', 'of-acme');
    await expect(read('key', 'other')).rejects.toMatchObject({ code: 'not_found' });
  });

  it.each([
    ['another tenant', 'other key 1', 'key', 'other'],
    ['another path', 'acme key2 1', 'key2', 'acme'],
    ['a newer version', 'acme key 2', 'key', 'acme'],
  ])('denies a row that was moved to %s', async (_where, row, path, tenantId) => {
    await write('key', 'value-1');
    storage.rows.set(row, storage.rows.get('acme key 1')!);
    await expect(read(path, tenantId)).rejects.toMatchObject({ code: 'denied' });
  });

  it('reads under the previous master key during a rotation, but writes under the current one', async () => {
    await write('key', 'old');
    const current = parseMasterKey(generateMasterKey());
    const rotating = new LocalStore(storage, { current, previous: [masters.current] });
    const readNewest = (reader: LocalStore) =>
      reader.read({ tenantId: 'acme', ref: parseAuthRef('authref://local/key') }, signal);

    expect((await readNewest(rotating)).reveal()).toBe('old');
    await rotating.write('acme', 'key', new Secret('new'));
    expect((await readNewest(new LocalStore(storage, { current, previous: [] }))).reveal()).toBe('new');
  });

  it('is unavailable while its storage is unavailable', async () => {
    await write('key', 'value-1');
    storage.down = true;
    await expect(read('key')).rejects.toMatchObject({ code: 'unavailable' });
    await expect(write('key', 'value-2')).rejects.toMatchObject({ code: 'unavailable' });
  });

  it('gives each concurrent writer its own version', async () => {
    const versions = await Promise.all(['a', 'b', 'c', 'd'].map((value) => write('key', value)));
    expect(versions.sort()).toEqual([1, 2, 3, 4]);
    for (const version of versions) expect((await read(`key?version=${version}`)).version).toBe(`${version}`);
  });

  it.each(['../key', '/key', 'a//b', '', 'a#b', 'a?version=1', 'a b'])('refuses to write to %j', async (path) => {
    await expect(write(path, 'value')).rejects.toBeInstanceOf(AuthRefError);
    expect(storage.rows.size).toBe(0);
  });

  it.each([
    ['nothing', ''],
    ['more than 64 KiB', 'é'.repeat(32_769)],
    ['a lone surrogate', '\ud800'],
  ])('refuses to keep %s', async (_what, value) => {
    await expect(write('key', value)).rejects.toMatchObject({ code: 'denied' });
    expect(storage.rows.size).toBe(0);
  });
});
