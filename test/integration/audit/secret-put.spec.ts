import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { generateMasterKey } from '@integrations/secrets';
import { putSecret } from '../../../apps/cli/src/secret';
import { temporaryDirectory } from '../../support/temporary';
import { openDatabase, type TestDatabase } from '../database/support';

const ENVIRONMENT = ['DATABASE_URL', 'SECRETS_MASTER_KEY_FILE'] as const;

describe('secret put', () => {
  const kept = ENVIRONMENT.map((key) => [key, process.env[key]] as const);
  let db: TestDatabase;
  let printed: string;

  beforeEach(async () => {
    db = await openDatabase();
    const keyFile = join(temporaryDirectory(), 'master.key');
    writeFileSync(keyFile, generateMasterKey(), { mode: 0o600 });
    process.env.DATABASE_URL = db.url;
    process.env.SECRETS_MASTER_KEY_FILE = keyFile;
    printed = '';
    jest.spyOn(process.stdout, 'write').mockImplementation((text) => {
      printed += String(text);
      return true;
    });
    jest.spyOn(process, 'stdin', 'get').mockImplementation(() => Readable.from(['hunter2']) as typeof process.stdin);
  });

  afterEach(async () => {
    jest.restoreAllMocks();
    for (const [key, value] of kept) {
      if (value === undefined) delete process.env[key];
      else process.env[key] = value;
    }
    await db.close();
  });

  const put = () => putSecret.run(['--path', 'github/acme', '--tenant', 'acme']);
  const versions = () => db.sql('SELECT tenant_id, path, version FROM sealed_secret ORDER BY version');
  const told = () => db.sql('SELECT tenant_id, actor, action, detail FROM audit_entry ORDER BY position');

  it('keeps a version and tells of it in the audit trail', async () => {
    await put();
    await put();
    expect(printed).toBe('authref://local/github/acme (version 1)\nauthref://local/github/acme (version 2)\n');
    const row = { tenant_id: 'acme', path: 'github/acme' };
    expect(await versions()).toEqual([
      { ...row, version: 1 },
      { ...row, version: 2 },
    ]);
    const entry = { tenant_id: 'acme', actor: 'cli', action: 'secret.written' };
    expect(await told()).toEqual([
      { ...entry, detail: { fingerprint: expect.any(String), version: 1 } },
      { ...entry, detail: { fingerprint: expect.any(String), version: 2 } },
    ]);
  });

  it('keeps nothing where its audit entry cannot be written', async () => {
    await db.sql(`ALTER TABLE audit_entry ADD CONSTRAINT full_disk CHECK (action <> 'secret.written')`);
    await expect(put()).rejects.toThrow();
    expect(printed).toBe('');
    expect(await versions()).toEqual([]);
  });
});
