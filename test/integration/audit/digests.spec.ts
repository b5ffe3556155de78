import { AuditDigestRepository, AuditRepository, type DigestKeys } from '@integrations/database';
import { parseAuditKeys } from '@integrations/secrets';
import { openDatabase, type TestDatabase } from '../database/support';
import { chain, entry, newAuditKey, signAll, tamper } from './support';

const NOON = new Date('2026-01-31T12:00:00.000Z');
const hoursLater = (hours: number) => new Date(NOON.getTime() + hours * 3_600_000);

describe('signed digests of the audit trail', () => {
  let db: TestDatabase;
  let audit: AuditRepository;
  let digests: AuditDigestRepository;
  let keys: DigestKeys;
  const pem = newAuditKey();

  beforeEach(async () => {
    db = await openDatabase();
    audit = new AuditRepository(db.database);
    digests = new AuditDigestRepository(db.database);
    keys = parseAuditKeys(pem);
    await chain(db, 5);
    await signAll(digests, keys, NOON);
  });
  afterEach(() => db.close());

  const verify = async (by: DigestKeys = keys) => await audit.verify('acme', undefined, by);
  const grow = async (by: number) => {
    for (let n = 0; n < by; n++) await audit.append(entry());
  };
  const kinds = async (by?: DigestKeys) =>
    (await verify(by)).digests?.breaks.map(({ kind, position }) => [kind, position]);
  const changeDigests = (sql: string) =>
    db.sql(`ALTER TABLE audit_digest DISABLE TRIGGER ALL; ${sql};
            ALTER TABLE audit_digest ENABLE ALWAYS TRIGGER audit_digest_append_only`);

  it('record the end of the chain, once an hour and only when it has moved', async () => {
    expect(await signAll(digests, keys, hoursLater(2))).toEqual([]);
    await grow(2);
    expect(await signAll(digests, keys, hoursLater(0.9))).toEqual([]);
    const [signed] = await signAll(digests, keys, hoursLater(2));
    const [head] = await db.sql<{ hash: Buffer }>('SELECT hash FROM audit_head');
    expect(signed).toMatchObject({
      outcome: 'signed',
      digest: { tenantId: 'acme', position: 7, hash: head!.hash, at: hoursLater(2).toISOString() },
    });
    expect((await verify()).digests).toEqual({
      checked: 2,
      last: { position: 7, at: hoursLater(2).toISOString() },
      breaks: [],
    });
  });

  it('are not checked without a key, and the result says so', async () => {
    expect(await audit.verify('acme')).toMatchObject({ ok: true, digests: null });
  });

  it('reveal that the end of the chain was removed together with its head', async () => {
    await tamper(
      db,
      'DELETE FROM audit_entry WHERE position > 3',
      `UPDATE audit_head h SET position = 3, hash = e.hash FROM audit_entry e WHERE e.position = 3`,
    );
    expect(await audit.verify('acme')).toMatchObject({ ok: true });
    expect(await verify()).toMatchObject({ ok: false, breaks: [], digests: { breaks: [{ kind: 'truncated' }] } });
    expect(await signAll(digests, keys, hoursLater(2))).toEqual([
      { outcome: 'refused', position: 5, kind: 'truncated' },
    ]);
  });

  it('reveal that the whole chain of a tenant was removed', async () => {
    await tamper(db, 'DELETE FROM audit_entry', 'DELETE FROM audit_head');
    expect(await audit.tenants()).toEqual(['acme']);
    expect(await audit.verify('acme')).toMatchObject({ ok: true });
    expect(await kinds()).toEqual([['truncated', 5]]);
  });

  it('reveal that a chain was rewritten, and are not signed over such a chain', async () => {
    await tamper(db, 'DELETE FROM audit_entry', 'DELETE FROM audit_head');
    await grow(7);
    expect(await audit.verify('acme')).toMatchObject({ ok: true, rows: 7 });
    expect(await kinds()).toEqual([['rewritten', 5]]);
    expect(await signAll(digests, keys, hoursLater(2))).toEqual([
      { outcome: 'refused', position: 5, kind: 'rewritten' },
    ]);
    expect((await verify()).digests?.checked).toBe(1);
  });

  it.each([
    `UPDATE audit_digest SET hash = sha256('x')`,
    `UPDATE audit_digest SET at = at + interval '1 day'`,
    `UPDATE audit_digest SET at = 'infinity'`,
    `UPDATE audit_digest SET position = 4, hash = (SELECT hash FROM audit_entry WHERE position = 4)`,
    `UPDATE audit_digest SET signature = ''`,
    `ALTER TABLE audit_digest ALTER COLUMN signature DROP NOT NULL; UPDATE audit_digest SET signature = NULL`,
    `UPDATE audit_digest SET key_id = 'another'`,
  ])('are reported as forged when one was changed: %s', async (sql) => {
    await changeDigests(sql);
    expect(await verify()).toMatchObject({ ok: false, breaks: [], digests: { breaks: [{ kind: 'forged' }] } });
  });

  it('are not valid for another tenant', async () => {
    await chain(db, 5, 'rival');
    await changeDigests(`UPDATE audit_digest SET tenant_id = 'rival'`);
    expect((await audit.verify('rival', undefined, keys)).digests?.breaks).toMatchObject([{ kind: 'forged' }]);
  });

  it('are not signed after a forged one', async () => {
    await changeDigests(`UPDATE audit_digest SET signature = sha256('x')`);
    await grow(1);
    expect(await signAll(digests, keys, hoursLater(2))).toEqual([{ outcome: 'refused', position: 5, kind: 'forged' }]);
  });

  it('stay valid after a key change while the old key is listed behind the new one', async () => {
    const next = newAuditKey();
    await grow(1);
    await signAll(digests, parseAuditKeys(next + pem), hoursLater(2));
    expect(await kinds(parseAuditKeys(next + pem))).toEqual([]);
    expect(await kinds(parseAuditKeys(next))).toEqual([['forged', 5]]);
    expect(await kinds(parseAuditKeys(pem))).toEqual([['forged', 6]]);
  });

  it('are signed only once by several processes', async () => {
    const tenants = Array.from({ length: 8 }, (_, n) => `tenant-${n}`);
    for (const tenantId of tenants) await chain(db, 2, tenantId);
    const processes = await Promise.all(
      Array.from({ length: 3 }, async () => new AuditDigestRepository(await db.another())),
    );
    const signed = await Promise.all(processes.map((process) => signAll(process, keys, hoursLater(2))));
    const signedFor = signed
      .flat()
      .flatMap((signing) => (signing.outcome === 'signed' ? [signing.digest.tenantId] : []));
    expect(signedFor.sort()).toEqual(tenants);
    expect(await db.sql('SELECT 1 FROM audit_digest')).toHaveLength(9);
  });

  it('can be neither changed nor removed', async () => {
    for (const change of ['UPDATE audit_digest SET at = at', 'DELETE FROM audit_digest', 'TRUNCATE audit_digest']) {
      await expect(db.sql(change)).rejects.toThrow('audit_digest is append-only');
    }
  });

  it('are reported up to a hundred breaks', async () => {
    await db.sql(`INSERT INTO audit_digest SELECT tenant_id, n, hash, at, key_id, signature
                  FROM audit_digest, generate_series(6, 1300) n`);
    const { isComplete, digests: found } = await verify();
    expect({ isComplete, breaks: found?.breaks.length }).toEqual({ isComplete: false, breaks: 100 });
  });
});
