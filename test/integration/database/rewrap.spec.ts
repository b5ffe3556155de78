import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { AuditRepository, SealedSecretRepository } from '@integrations/database';
import { Secret } from '@integrations/provider-kit';
import {
  fingerprintUnder,
  generateMasterKey,
  LocalStore,
  type MasterKey,
  type MasterKeys,
  parseAuthRef,
  parseMasterKey,
} from '@integrations/secrets';
import { rewrapSecrets } from '../../../apps/cli/src/rewrap';
import { temporaryDirectory } from '../../support/temporary';
import { openDatabase, type TestDatabase } from './support';

const ENVIRONMENT = ['DATABASE_URL', 'SECRETS_MASTER_KEY_FILE', 'SECRETS_PREVIOUS_MASTER_KEY_FILE'] as const;
const TENANTS = ['acme', 'blue', 'core'];

describe('secret rewrap', () => {
  const kept = ENVIRONMENT.map((key) => [key, process.env[key]] as const);
  let db: TestDatabase;
  let directory: string;
  let printed: string;
  let old: MasterKey;
  let next: MasterKey;
  let during: MasterKeys;

  beforeEach(async () => {
    db = await openDatabase();
    directory = temporaryDirectory();
    old = keyFile('old.key');
    next = keyFile('next.key');
    during = { current: next, previous: [old] };
    process.env.DATABASE_URL = db.url;
    process.env.SECRETS_MASTER_KEY_FILE = join(directory, 'next.key');
    process.env.SECRETS_PREVIOUS_MASTER_KEY_FILE = join(directory, 'old.key');
    printed = '';
    jest.spyOn(process.stdout, 'write').mockImplementation((text) => {
      printed += String(text);
      return true;
    });
  });

  afterEach(async () => {
    jest.restoreAllMocks();
    for (const [key, value] of kept) {
      if (value === undefined) delete process.env[key];
      else process.env[key] = value;
    }
    rmSync(directory, { recursive: true, force: true });
    await db.close();
  });

  function keyFile(name: string): MasterKey {
    const text = generateMasterKey();
    writeFileSync(join(directory, name), text, { mode: 0o600 });
    return parseMasterKey(text);
  }

  const store = (masters: MasterKeys) => new LocalStore(new SealedSecretRepository(db.database), masters);
  const only = (current: MasterKey): MasterKeys => ({ current, previous: [] });

  async function read(masters: MasterKeys, tenantId: string, path: string, version?: number): Promise<string> {
    const ref = parseAuthRef(`authref://local/${path}${version === undefined ? '' : `?version=${version}`}`);
    return (await store(masters).read({ tenantId, ref }, AbortSignal.timeout(5_000))).reveal();
  }

  /** Stores `count` secrets for each tenant. */
  async function fill(count: number): Promise<void> {
    for (const tenantId of TENANTS) {
      const writes = Array.from({ length: count }, (_, n) =>
        store(only(old)).write(tenantId, `key/${n}`, new Secret(`${tenantId} ${n}`)),
      );
      await Promise.all(writes);
    }
  }

  async function expectAllOpenWith(masters: MasterKeys, count: number): Promise<void> {
    for (const tenantId of TENANTS) {
      const numbers = Array.from({ length: count }, (_, n) => n);
      const texts = await Promise.all(numbers.map((n) => read(masters, tenantId, `key/${n}`)));
      expect(texts).toEqual(numbers.map((n) => `${tenantId} ${n}`));
    }
  }

  const wrappedWith = async ({ id }: MasterKey) =>
    (await db.sql<{ n: number }>('SELECT count(*)::int AS n FROM sealed_secret WHERE master_key_id = $1', [id]))[0]?.n;

  async function audited(tenantId: string) {
    const { items } = await new AuditRepository(db.database).list(tenantId, {}, { limit: 100 });
    return items.map(({ actor, action, outcome, detail }) => ({ actor, action, outcome, detail }));
  }
  const rewrappedSecrets = async (): Promise<number> => {
    const entries = (await Promise.all(TENANTS.map(audited))).flat().filter(({ outcome }) => outcome === 'succeeded');
    return entries.reduce((sum, { detail }) => sum + Number(detail.secrets), 0);
  };

  it('moves every version of every tenant to the new key, after which the old key is no longer needed', async () => {
    await fill(3);
    await store(only(old)).write('acme', 'key/0', new Secret('acme 0'));
    await store(only(next)).write('blue', 'new', new Secret('sealed with the new key'));
    await rewrapSecrets.run([]);

    expect(printed).toBe('10 rewrapped, 1 already current, 0 could not be opened\n');
    await expectAllOpenWith(only(next), 3);
    expect(await read(only(next), 'acme', 'key/0', 1)).toBe('acme 0');
    await expect(read(only(old), 'acme', 'key/0')).rejects.toMatchObject({ code: 'unavailable' });
    expect(await audited('acme')).toEqual([
      {
        actor: 'cli',
        action: 'secret.rewrapped',
        outcome: 'succeeded',
        detail: { secrets: 4, failed: 0, masterKeyId: next.id },
      },
    ]);

    printed = '';
    await rewrapSecrets.run([]);
    expect(printed).toBe('0 rewrapped, 11 already current, 0 could not be opened\n');
    expect(await audited('acme')).toHaveLength(1);
  });

  it('names each secret that it cannot open, without its path, and moves the rest', async () => {
    await fill(2);
    await store(only(parseMasterKey(generateMasterKey()))).write('acme', 'very/private', new Secret('x'));
    await db.sql(`UPDATE sealed_secret SET path = 'not a path' WHERE tenant_id = 'blue' AND path = 'key/1'`);
    const name = fingerprintUnder(only(next))(parseAuthRef('authref://local/very/private'));

    await expect(rewrapSecrets.run([])).rejects.toThrow('keep the previous master key');
    expect(printed).toContain(
      `acme ${name} version 1: the secret is sealed with a master key that is not configured\n`,
    );
    expect(printed).toMatch(/^blue \S{22} version 1: the sealed secret was altered, or moved from where it belongs$/m);
    expect(printed).toMatch(/\n5 rewrapped, 0 already current, 2 could not be opened\n$/);
    expect(printed).not.toMatch(/private|not a path/);
    expect(await wrappedWith(next)).toBe(5);
    const detail = { secrets: 2, failed: 1, masterKeyId: next.id };
    expect(await audited('acme')).toEqual([{ actor: 'cli', action: 'secret.rewrapped', outcome: 'failed', detail }]);
  });

  it('shows, without the previous key, whether that is still needed', async () => {
    await fill(2);
    delete process.env.SECRETS_PREVIOUS_MASTER_KEY_FILE;
    await expect(rewrapSecrets.run([])).rejects.toThrow('could not be rewrapped');
    expect(printed).toContain('0 rewrapped, 0 already current, 6 could not be opened\n');
    expect(await wrappedWith(old)).toBe(6);
    // Only one entry: otherwise each run with a wrong key would add one per secret to a trail that is never pruned.
    expect((await audited('acme')).map(({ detail }) => detail)).toEqual([
      { secrets: 0, failed: 2, masterKeyId: next.id },
    ]);
  });

  it('refuses a previous key that is not in a file', async () => {
    process.env.SECRETS_PREVIOUS_MASTER_KEY = generateMasterKey();
    const refused = rewrapSecrets.run([]).finally(() => delete process.env.SECRETS_PREVIOUS_MASTER_KEY);
    await expect(refused).rejects.toThrow('SECRETS_PREVIOUS_MASTER_KEY: is not read: put it into a file');
  });

  it('leaves nothing broken when killed half-way, and the next run completes the work', async () => {
    await fill(120);
    // The session ends in the middle of a batch, as it does when the process is killed.
    await db.sql(`CREATE FUNCTION die() RETURNS trigger LANGUAGE plpgsql AS $$
                    BEGIN PERFORM pg_terminate_backend(pg_backend_pid()); RETURN NEW; END $$`);
    await db.sql(`CREATE TRIGGER die BEFORE UPDATE ON sealed_secret FOR EACH ROW
                    WHEN (NEW.tenant_id = 'blue' AND NEW.path = 'key/99') EXECUTE FUNCTION die()`);
    await expect(rewrapSecrets.run([])).rejects.toThrow();
    const done = (await wrappedWith(next)) ?? 0;
    expect(done).toBe(120);
    expect(await rewrappedSecrets()).toBe(done);
    await expectAllOpenWith(during, 120);

    await db.sql('DROP TRIGGER die ON sealed_secret');
    printed = '';
    await rewrapSecrets.run([]);
    expect(printed).toBe(`${360 - done} rewrapped, ${done} already current, 0 could not be opened\n`);
    expect(await rewrappedSecrets()).toBe(360);
    await expectAllOpenWith(only(next), 120);
  });

  it('disturbs neither readers with both keys nor a concurrent run', async () => {
    await fill(120);
    let running = true;
    let reads = 0;
    const reader = async (): Promise<void> => {
      for (let n = 0; running; n = (n + 7) % 120) {
        for (const tenantId of TENANTS) expect(await read(during, tenantId, `key/${n}`)).toBe(`${tenantId} ${n}`);
        reads += TENANTS.length;
      }
    };
    const reading = [reader(), reader()];
    const runs = Promise.all([rewrapSecrets.run([]), rewrapSecrets.run([])]).finally(() => (running = false));
    await Promise.all([runs, ...reading]);

    expect(reads).toBeGreaterThan(10);
    const counts = [...printed.matchAll(/(\d+) rewrapped, (\d+) already current, 0 could/g)].map(([, ...n]) => n);
    expect(counts.map(([rewrapped, current]) => Number(rewrapped) + Number(current))).toEqual([360, 360]);
    expect(counts.reduce((sum, [rewrapped]) => sum + Number(rewrapped), 0)).toBe(360);
    expect(await rewrappedSecrets()).toBe(360);
    await expectAllOpenWith(only(next), 120);
  });

  it('needs the current key, and takes no arguments', async () => {
    await expect(rewrapSecrets.run(['--all'])).rejects.toMatchObject({ name: 'CommandError' });
    delete process.env.SECRETS_MASTER_KEY_FILE;
    await expect(rewrapSecrets.run([])).rejects.toMatchObject({
      name: 'ConfigError',
      message: expect.stringContaining('SECRETS_MASTER_KEY_FILE'),
    });
  });
});
