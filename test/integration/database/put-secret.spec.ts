import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { AuditRepository } from '@integrations/database';
import { generateMasterKey } from '@integrations/secrets';
import { CommandError } from '../../../apps/cli/src/command';
import { putSecret } from '../../../apps/cli/src/secret';
import { temporaryDirectory } from '../../support/temporary';
import { openDatabase, type TestDatabase } from './support';

const ENVIRONMENT = ['DATABASE_URL', 'SECRETS_MASTER_KEY_FILE'] as const;

describe('secret put', () => {
  const kept = ENVIRONMENT.map((key) => [key, process.env[key]] as const);
  let db: TestDatabase;
  let directory: string;
  let printed: string;

  beforeEach(async () => {
    db = await openDatabase();
    directory = temporaryDirectory();
    writeFileSync(join(directory, 'master.key'), generateMasterKey(), { mode: 0o600 });
    process.env.DATABASE_URL = db.url;
    process.env.SECRETS_MASTER_KEY_FILE = join(directory, 'master.key');
    printed = '';
    jest.spyOn(process, 'stdin', 'get').mockImplementation(() => Readable.from(['a value']) as typeof process.stdin);
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

  const stored = () => db.sql('SELECT tenant_id, path, version FROM sealed_secret ORDER BY version');
  const put = (path: string) => putSecret.run(['--path', path, '--tenant', 'acme']);

  it('keeps each value as a version, and tells of it in the audit trail', async () => {
    await put('github/app');
    await put('github/app');
    expect(printed).toBe('authref://local/github/app (version 1)\nauthref://local/github/app (version 2)\n');
    const { items } = await new AuditRepository(db.database).list('acme', {}, { limit: 10 });
    expect(items.map(({ action, detail }) => [action, detail['version']])).toEqual([
      ['secret.written', 2],
      ['secret.written', 1],
    ]);
  });

  it('keeps nothing that the audit trail cannot tell of', async () => {
    await db.sql('REVOKE INSERT ON audit_entry FROM integrations_tenant');
    await expect(put('github/app')).rejects.toThrow();
    expect(await stored()).toEqual([]);
    expect(printed).toBe('');
  });

  it.each(['github/app#key', 'github/app?version=3'])('refuses %s, which names no secret of its own', async (path) => {
    await expect(put(path)).rejects.toThrow(CommandError);
    expect(await stored()).toEqual([]);
  });
});
