import { AuditRepository } from '@integrations/database';
import { openDatabase, type TestDatabase } from '../database/support';
import { broken, chain, entry, idsOf, lacking, tamper } from './support';

const REHASH = 'UPDATE audit_entry e SET hash = audit_hash(e)';

describe('the verification of an audit trail', () => {
  let db: TestDatabase;
  let audit: AuditRepository;
  let ids: string[];

  beforeEach(async () => {
    db = await openDatabase();
    audit = new AuditRepository(db.database);
    ids = await chain(db, 8);
    await chain(db, 3, 'other');
  });

  afterEach(async () => {
    expect(await audit.verify('other')).toMatchObject({ ok: true, rows: 3, breaks: [] });
    await db.close();
  });

  const breaks = async () => (await audit.verify('acme')).breaks;

  it('finds nothing in an untouched trail', async () => {
    expect(await audit.verify('acme')).toEqual({
      ok: true,
      rows: 8,
      head: { position: 8, hash: expect.any(Buffer) },
      breaks: [],
      digests: null,
      isComplete: true,
    });
  });

  it.each([
    ['the actor', `actor = 'somebody'`],
    ['the app', `app = 'cli'`],
    ['the action', `action = 'integration.deleted'`],
    ['the outcome', `outcome = 'failed'`],
    ['the integration', `integration_id = gen_random_uuid()`],
    ['the integration, to null', 'integration_id = NULL'],
    ['the time, by a millisecond', `at = at + interval '1 millisecond'`],
    ['the time, to infinity', `at = 'infinity'`],
    ['the detail', `detail = '{"n": 5}'`],
    ['the detail, by an empty field', `detail = detail || '{"": null}'`],
    ['the hash', `hash = sha256('x')`],
    ['the previous hash', `prev_hash = sha256('x')`],
    ['the hash, to an empty one', `hash = ''`],
  ])('finds a change of %s', async (_what, change) => {
    await tamper(db, `UPDATE audit_entry SET ${change} WHERE id = '${ids[3]}'`);
    expect(await breaks()).toEqual([broken('altered', 4, ids[3])]);
  });

  it('finds a change of the time by a microsecond, for which the column type was changed', async () => {
    await tamper(
      db,
      'ALTER TABLE audit_entry ALTER COLUMN at TYPE timestamptz(6)',
      `UPDATE audit_entry SET at = at + interval '1 microsecond' WHERE id = '${ids[3]}'`,
    );
    expect(await breaks()).toEqual([broken('altered', 4, ids[3])]);
  });

  it('finds a hash removed together with its constraint', async () => {
    await tamper(
      db,
      'ALTER TABLE audit_entry ALTER COLUMN hash DROP NOT NULL',
      `UPDATE audit_entry SET hash = NULL WHERE id = '${ids[3]}'`,
    );
    expect(await breaks()).toEqual([broken('altered', 4, ids[3])]);
  });

  it.each([1, 4, 8])('finds that entry %i was changed and rehashed', async (position) => {
    const id = ids[position - 1];
    await tamper(db, `UPDATE audit_entry SET outcome = 'failed' WHERE id = '${id}'`, `${REHASH} WHERE id = '${id}'`);
    expect(await breaks()).toEqual([broken('altered', position, id)]);
  });

  it('finds a tail that was rewritten from one entry on, at its end, where the head contradicts it', async () => {
    await tamper(
      db,
      'ALTER TABLE audit_entry DROP CONSTRAINT audit_entry_no_fork',
      `UPDATE audit_entry SET outcome = 'failed' WHERE id = '${ids[5]}'`,
      ...[5, 6, 7].flatMap((at) => [
        `UPDATE audit_entry SET prev_hash = (SELECT hash FROM audit_entry WHERE id = '${ids[at - 1]}') WHERE id = '${ids[at]}'`,
        `${REHASH} WHERE id = '${ids[at]}'`,
      ]),
    );
    expect(await breaks()).toEqual([broken('altered', 8, ids[7])]);
  });

  it('finds entries removed in the middle, single or in a row', async () => {
    await tamper(db, `DELETE FROM audit_entry WHERE id IN ('${ids[1]}', '${ids[4]}', '${ids[5]}')`);
    expect(await breaks()).toEqual([lacking('missing', 2, 2), lacking('missing', 5, 6)]);
  });

  it('finds that the first entries were removed', async () => {
    await tamper(db, `DELETE FROM audit_entry WHERE tenant_id = 'acme' AND position <= 3`);
    expect(await breaks()).toEqual([lacking('missing', 1, 3)]);
  });

  it('finds that the last entries were removed', async () => {
    await tamper(db, `DELETE FROM audit_entry WHERE tenant_id = 'acme' AND position > 5`);
    expect(await breaks()).toEqual([lacking('truncated', 6, 8)]);
  });

  it('finds that the last entries were removed even when others were written since', async () => {
    await tamper(db, `DELETE FROM audit_entry WHERE tenant_id = 'acme' AND position > 6`);
    await audit.append(entry());
    expect(await breaks()).toEqual([lacking('missing', 7, 8)]);
  });

  it('finds that all entries were removed', async () => {
    await tamper(db, `DELETE FROM audit_entry WHERE tenant_id = 'acme'`);
    expect(await audit.verify('acme')).toMatchObject({ ok: false, rows: 0, breaks: [lacking('truncated', 1, 8)] });
    expect(await audit.tenants()).toEqual(['acme', 'other']);
  });

  it('finds that the head was removed, after which no entry can be added', async () => {
    await tamper(db, `DELETE FROM audit_head WHERE tenant_id = 'acme'`);
    expect(await audit.verify('acme')).toMatchObject({ head: null, breaks: [lacking('truncated', 9, null)] });
    expect(await audit.tenants()).toEqual(['acme', 'other']);
    await expect(audit.append(entry())).rejects.toThrow('audit_entry_');
  });

  it('finds that the head was set back without removing the entries behind it', async () => {
    await tamper(
      db,
      `UPDATE audit_head h SET position = 6, hash = e.hash FROM audit_entry e WHERE e.id = '${ids[5]}' AND h.tenant_id = 'acme'`,
    );
    expect(await breaks()).toEqual([broken('forked', 7, ids[6]), broken('forked', 8, ids[7])]);
  });

  it('finds that the head was moved forward', async () => {
    await tamper(db, `UPDATE audit_head SET position = 10 WHERE tenant_id = 'acme'`);
    expect(await breaks()).toEqual([lacking('truncated', 9, 10)]);
  });

  const exchangePositions = (a: number, b: number) => [
    `UPDATE audit_entry SET position = 1000 WHERE id = '${ids[a - 1]}'`,
    `UPDATE audit_entry SET position = ${a} WHERE id = '${ids[b - 1]}'`,
    `UPDATE audit_entry SET position = ${b} WHERE id = '${ids[a - 1]}'`,
  ];

  it.each([
    [3, 4],
    [2, 7],
    [1, 8],
  ])('finds that the entries at %i and %i exchanged their positions', async (a, b) => {
    await tamper(db, ...exchangePositions(a, b));
    expect(await breaks()).toEqual([broken('reordered', a, ids[b - 1]), broken('reordered', b, ids[a - 1])]);
  });

  it('finds that two entries exchanged their contents while the hashes stayed in place', async () => {
    const content = 'id, at, actor, app, action, integration_id, outcome, detail';
    await tamper(
      db,
      'ALTER TABLE audit_entry DROP CONSTRAINT audit_entry_pkey',
      `CREATE TEMPORARY TABLE kept ON COMMIT DROP AS SELECT * FROM audit_entry WHERE id IN ('${ids[2]}', '${ids[5]}')`,
      `UPDATE audit_entry e SET (${content}) = (SELECT ${content} FROM kept k WHERE k.position <> e.position)
       WHERE tenant_id = 'acme' AND position IN (3, 6)`,
    );
    expect(await breaks()).toEqual([broken('reordered', 3, ids[5]), broken('reordered', 6, ids[2])]);
  });

  it('finds that an entry was removed and later ones moved up', async () => {
    await tamper(
      db,
      `DELETE FROM audit_entry WHERE id = '${ids[4]}'`,
      ...[6, 7, 8].map((at) => `UPDATE audit_entry SET position = ${at - 1} WHERE id = '${ids[at - 1]}'`),
    );
    expect(await breaks()).toEqual([
      broken('reordered', 5, ids[5]),
      broken('reordered', 6, ids[6]),
      broken('reordered', 7, ids[7]),
      lacking('truncated', 8, 8),
    ]);
  });

  it('finds that an entry was moved to another tenant', async () => {
    await tamper(db, `UPDATE audit_entry SET tenant_id = 'third' WHERE id = '${ids[4]}'`);
    expect(await breaks()).toEqual([lacking('missing', 5, 5)]);
    expect((await audit.verify('third')).breaks).toEqual([
      lacking('missing', 1, 4),
      broken('altered', 5, ids[4]),
      lacking('truncated', 6, null),
    ]);
  });

  /** Inserts a forged entry with matching hashes. */
  const forge = (position: number, follows: number) => `
    WITH forged AS (
      INSERT INTO audit_entry (id, tenant_id, position, at, actor, app, action, outcome, detail, prev_hash, hash)
      SELECT gen_random_uuid(), 'acme', ${position}, now(), 'x', 'x', 'x', 'x', '{}',
             (SELECT hash FROM audit_entry WHERE id = '${ids[follows - 1]}'), ''
      RETURNING *
    ) SELECT 1 FROM forged`;
  const fork = (position: number, follows: number) =>
    tamper(
      db,
      'ALTER TABLE audit_entry DROP CONSTRAINT audit_entry_no_fork, DROP CONSTRAINT audit_entry_position',
      forge(position, follows),
      `${REHASH} WHERE actor = 'x'`,
    );
  const forgedId = async () => (await db.sql<{ id: string }>(`SELECT id FROM audit_entry WHERE actor = 'x'`))[0]?.id;

  it.each([1, 5, 8])('finds a second entry at position %i', async (position) => {
    await fork(position, Math.max(position - 1, 1));
    expect(await breaks()).toEqual([broken('forked', position, await forgedId())]);
  });

  it('finds an entry inserted before the first', async () => {
    await tamper(db, 'ALTER TABLE audit_entry DROP CONSTRAINT audit_entry_positive');
    await fork(0, 1);
    expect(await breaks()).toEqual([broken('forked', 0, await forgedId())]);
  });

  it('finds an entry inserted behind the head', async () => {
    await fork(9, 8);
    expect(await breaks()).toEqual([broken('forked', 9, await forgedId())]);
  });

  it('finds an entry at the end that does not follow the last one, even when the head was moved onto it', async () => {
    await fork(9, 4);
    await tamper(
      db,
      `UPDATE audit_head h SET position = 9, hash = e.hash FROM audit_entry e WHERE e.actor = 'x' AND h.tenant_id = 'acme'`,
    );
    expect(await breaks()).toEqual([broken('forked', 9, await forgedId())]);
  });

  it('reports all breaks at once', async () => {
    await tamper(
      db,
      `UPDATE audit_entry SET actor = 'somebody' WHERE id = '${ids[0]}'`,
      `DELETE FROM audit_entry WHERE id IN ('${ids[2]}', '${ids[7]}')`,
      ...exchangePositions(5, 6),
    );
    expect(await breaks()).toEqual([
      broken('altered', 1, ids[0]),
      lacking('missing', 3, 3),
      broken('reordered', 5, ids[5]),
      broken('reordered', 6, ids[4]),
      lacking('truncated', 8, 8),
    ]);
  });

  it('reports up to a hundred breaks', async () => {
    await chain(db, 200);
    await tamper(db, `UPDATE audit_entry SET actor = 'somebody' WHERE tenant_id = 'acme'`);
    const { ok, rows, breaks: listed, isComplete } = await audit.verify('acme');
    expect({ ok, isComplete, listed: listed.length }).toEqual({ ok: false, isComplete: false, listed: 100 });
    expect(rows).toBeLessThan(110);
    expect(listed[0]).toEqual(broken('altered', 1, ids[0]));
  });

  it('finds nothing only when the head was rewritten together with the chain', async () => {
    const [{ hash: before }] = (await db.sql<{ hash: Buffer }>(
      `SELECT hash FROM audit_entry WHERE id = '${ids[6]}'`,
    )) as [{ hash: Buffer }];
    await tamper(
      db,
      `DELETE FROM audit_entry WHERE id = '${ids[7]}'`,
      `UPDATE audit_entry SET outcome = 'failed' WHERE id = '${ids[6]}'`,
      `${REHASH} WHERE id = '${ids[6]}'`,
      `UPDATE audit_head h SET position = 7, hash = e.hash FROM audit_entry e WHERE e.id = '${ids[6]}' AND h.tenant_id = 'acme'`,
    );
    const { ok, head } = await audit.verify('acme');
    expect(ok).toBe(true);
    expect(await idsOf(db)).toHaveLength(7);
    // A head that was recorded elsewhere still reveals it.
    expect(head?.hash).not.toEqual(before);
  });
});
