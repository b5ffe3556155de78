import { AuditDigestRepository } from '@integrations/database';
import { parseAuditKeys } from '@integrations/secrets';
import { verifyAudit } from '../../../apps/cli/src/audit';
import { openDatabase, type TestDatabase } from '../database/support';
import { chain, keyFile, newAuditKey, signAll, tamper } from './support';

describe('audit verify', () => {
  const { DATABASE_URL } = process.env;
  let db: TestDatabase;
  let printed: string;

  beforeEach(async () => {
    db = await openDatabase();
    process.env.DATABASE_URL = db.url;
    printed = '';
    jest.spyOn(process.stdout, 'write').mockImplementation((text) => {
      printed += String(text);
      return true;
    });
  });

  afterEach(async () => {
    jest.restoreAllMocks();
    delete process.env.AUDIT_KEY_FILE;
    if (DATABASE_URL === undefined) delete process.env.DATABASE_URL;
    else process.env.DATABASE_URL = DATABASE_URL;
    await db.close();
  });

  const headOf = async (tenantId: string) =>
    (await db.sql<{ hash: Buffer }>('SELECT hash FROM audit_head WHERE tenant_id = $1', [tenantId]))[0]?.hash.toString(
      'hex',
    );

  it('prints where the chain of the tenant ends, so that it can be noted elsewhere', async () => {
    await chain(db, 3, 'default');
    await chain(db, 2, 'acme');
    await verifyAudit.run([]);
    await verifyAudit.run(['--tenant', 'acme']);
    expect(printed).toBe(
      `default: 3 entries, intact; head at 3, ${await headOf('default')}; digests not checked\n` +
        `acme: 2 entries, intact; head at 2, ${await headOf('acme')}; digests not checked\n`,
    );
  });

  it('does not call a missing trail intact, for example that of a misspelt tenant', async () => {
    await chain(db, 2, 'acme');
    await expect(verifyAudit.run(['--tenant', 'acne'])).rejects.toThrow('tenant acne has no audit trail');
    expect(printed).toBe('');
  });

  it('fails when a trail is broken, naming the tenants and each break', async () => {
    const ids = await chain(db, 8, 'acme');
    await chain(db, 2, 'fine');
    await chain(db, 1, 'rival');
    await tamper(
      db,
      `UPDATE audit_entry SET outcome = 'x' WHERE id = '${ids[1]}'`,
      `DELETE FROM audit_entry WHERE id IN ('${ids[3]}', '${ids[6]}', '${ids[7]}')`,
      `DELETE FROM audit_head WHERE tenant_id = 'rival'`,
    );

    await expect(verifyAudit.run(['--all'])).rejects.toThrow('the audit trail is broken: acme, rival');
    expect(printed).toBe(
      [
        `acme: 5 entries, broken; head at 8, ${await headOf('acme')}; digests not checked`,
        `  altered: position 2, entry ${ids[1]}`,
        '  missing: position 4',
        '  truncated: positions 7 to 8',
        `fine: 2 entries, intact; head at 2, ${await headOf('fine')}; digests not checked`,
        'rival: 1 entries, broken; no head; digests not checked',
        '  truncated: from position 2, an unknown number of entries',
        '',
      ].join('\n'),
    );
    await expect(verifyAudit.run(['--tenant', 'fine'])).resolves.toBeUndefined();
  });

  it('says when its list of breaks was cut and there may be more', async () => {
    await chain(db, 120, 'acme');
    await tamper(db, `UPDATE audit_entry SET outcome = 'x'`);
    await expect(verifyAudit.run(['--tenant', 'acme'])).rejects.toThrow('broken');
    expect(printed).toContain('verification stopped here; there may be more');
  });

  it('checks the signed digests with the keys of AUDIT_KEY_FILE', async () => {
    const pem = newAuditKey();
    const at = new Date('2026-01-31T12:00:00.000Z');
    await chain(db, 2, 'acme');
    await signAll(new AuditDigestRepository(db.database), parseAuditKeys(pem), at);
    const head = await headOf('acme');

    process.env.AUDIT_KEY_FILE = keyFile(pem);
    await verifyAudit.run(['--all']);
    process.env.AUDIT_KEY_FILE = keyFile(newAuditKey());
    await expect(verifyAudit.run(['--all'])).rejects.toThrow('the audit trail is broken: acme');
    const told = `head at 2, ${head}; 1 digests, the last for position 2 at 2026-01-31T12:00:00.000Z`;
    expect(printed).toBe(
      [
        `acme: 2 entries, intact; ${told}`,
        `acme: 2 entries, broken; ${told}`,
        `  digest forged: for position 2 at 2026-01-31T12:00:00.000Z, key ${parseAuditKeys(pem).signer!.keyId}`,
        '',
      ].join('\n'),
    );
  });

  it('requires an absolute path for the keys, as the apps do', async () => {
    process.env.AUDIT_KEY_FILE = 'audit.key';
    await expect(verifyAudit.run(['--all'])).rejects.toThrow('AUDIT_KEY_FILE: must be an absolute path');
  });

  it.each([
    [['--tenant', 'acme', '--all'], 'give either --tenant or --all, not both'],
    [['--tenant', 'A B'], '--tenant must be'],
    [['acme'], /./],
  ])('refuses %j', async (args, message) => {
    await expect(verifyAudit.run(args)).rejects.toMatchObject({
      name: 'CommandError',
      message: expect.stringMatching(message),
    });
  });
});
