import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { AuditRepository, SealedSecretRepository } from '@integrations/database';
import { fingerprintUnder, generateMasterKey, LocalStore, parseAuthRef, parseMasterKey } from '@integrations/secrets';
import { CommandError } from '../../../apps/cli/src/command';
import { putSecret } from '../../../apps/cli/src/secret';
import { temporaryDirectory } from '../../support/temporary';
import { openDatabase, type TestDatabase } from './support';

const ENVIRONMENT = ['DATABASE_URL', 'SECRETS_MASTER_KEY_FILE', 'SECRETS_MASTER_KEY'] as const;

describe('secret put', () => {
  const kept = ENVIRONMENT.map((key) => [key, process.env[key]] as const);
  const key = generateMasterKey();
  const masters = { current: parseMasterKey(key), previous: [] };
  let db: TestDatabase;
  let directory: string;
  let printed: string;

  beforeEach(async () => {
    db = await openDatabase();
    directory = temporaryDirectory();
    process.env.DATABASE_URL = db.url;
    process.env.SECRETS_MASTER_KEY_FILE = join(directory, 'master.key');
    writeFileSync(process.env.SECRETS_MASTER_KEY_FILE, key, { mode: 0o600 });
    printed = '';
    jest.spyOn(process.stdout, 'write').mockImplementation((text) => {
      printed += String(text);
      return true;
    });
  });

  afterEach(async () => {
    jest.restoreAllMocks();
    for (const [name, value] of kept) {
      if (value === undefined) delete process.env[name];
      else process.env[name] = value;
    }
    rmSync(directory, { recursive: true, force: true });
    await db.close();
  });

  function put(path: string, value: string | Buffer): Promise<void> {
    jest.spyOn(process, 'stdin', 'get').mockReturnValue(Readable.from([Buffer.from(value)]) as typeof process.stdin);
    return putSecret.run(['--path', path, '--tenant', 'acme']);
  }

  async function stored(path: string): Promise<string> {
    const store = new LocalStore(new SealedSecretRepository(db.database), masters);
    const ref = parseAuthRef(`authref://local/${path}`);
    return (await store.read({ tenantId: 'acme', ref }, AbortSignal.timeout(5_000))).reveal();
  }

  const told = async () => (await new AuditRepository(db.database).list('acme', {}, { limit: 10 })).items;

  it('stores standard input as the newest version, audits that, and prints its reference', async () => {
    await put('github/app', 'first');
    await put('github/app', 'sécond\n');
    expect(printed).toBe('authref://local/github/app (version 1)\nauthref://local/github/app (version 2)\n');
    expect(await stored('github/app')).toBe('sécond');
    const fingerprint = fingerprintUnder(masters)(parseAuthRef('authref://local/github/app'));
    const entry = { actor: 'cli', action: 'secret.written', outcome: 'succeeded' };
    expect(await told()).toMatchObject([
      { ...entry, detail: { fingerprint, version: 2 } },
      { ...entry, detail: { fingerprint, version: 1 } },
    ]);
  });

  it('stores nothing when the audit entry cannot be written', async () => {
    await db.sql(`ALTER TABLE audit_entry ADD CONSTRAINT full_disk CHECK (action <> 'secret.written') NOT VALID`);
    await expect(put('untold', 'value')).rejects.toThrow();
    await expect(stored('untold')).rejects.toThrow('no such secret');
    expect(printed).toBe('');
  });

  it.each(['github/app#private_key', 'github/app?version=7'])(
    'does not replace the whole secret when %j names only a part of it',
    async (path) => {
      await put('github/app', '{"private_key":"pk"}');
      await expect(put(path, 'value')).rejects.toThrow(CommandError);
      expect(await stored('github/app')).toBe('{"private_key":"pk"}');
    },
  );

  it('refuses to choose between two master keys, as the apps do', async () => {
    process.env.SECRETS_MASTER_KEY = generateMasterKey();
    await expect(put('sealed', 'value')).rejects.toThrow('must not be set together with SECRETS_MASTER_KEY');
    await expect(stored('sealed')).rejects.toThrow('no such secret');
  });

  it('refuses input that is not text instead of storing other bytes', async () => {
    await expect(put('keystore', Buffer.from([0x30, 0x82, 0xff, 0xfe]))).rejects.toThrow('not UTF-8');
    await expect(stored('keystore')).rejects.toThrow('no such secret');
  });
});
