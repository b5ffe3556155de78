import { AuditRepository, type Database, IntegrationRepository, runMigrations } from '@integrations/database';
import fc from 'fast-check';
import { v7 as uuidv7 } from 'uuid';
import { integration, openDatabase, type TestDatabase } from '../database/support';
import { chain, entry, idsOf } from './support';

describe('the chain of audit entries', () => {
  let db: TestDatabase;
  let audit: AuditRepository;

  beforeEach(async () => {
    db = await openDatabase();
    audit = new AuditRepository(db.database);
  });

  afterEach(() => db.close());

  const intact = (rows: number) => ({ ok: true, rows, breaks: [], isComplete: true });

  it('never forks, even with 64 concurrent writers over seven pools', async () => {
    const pools = [db.database, ...(await Promise.all(Array.from({ length: 6 }, () => db.another())))];
    const write = async (writer: number): Promise<void> => {
      const database = pools[writer % pools.length]!;
      const trail = new AuditRepository(database);
      for (let n = 0; n < 10; n++) {
        const tenantId = writer % 8 === 0 ? 'other' : 'acme';
        const say = entry({ tenantId, actor: `writer ${writer}`, detail: { n } });
        if (n % 2 === 0) await trail.append(say);
        else await inTransaction(database, (tx) => trail.append(say, tx));
      }
    };
    await Promise.all(Array.from({ length: 64 }, (_, writer) => write(writer)));

    expect(await audit.verify('acme')).toMatchObject({ ...intact(560), head: { position: 560 } });
    expect(await audit.verify('other')).toMatchObject({ ...intact(80), head: { position: 80 } });
    const disordered = await db.sql(
      `SELECT 1 FROM audit_entry a JOIN audit_entry b ON b.tenant_id = a.tenant_id AND b.position = a.position + 1
       WHERE b.at < a.at OR b.prev_hash <> a.hash
       OR (b.actor = a.actor AND (b.detail->>'n')::int < (a.detail->>'n')::int)`,
    );
    expect(disordered).toEqual([]);
  });

  it('is intact at every moment while others write', async () => {
    let isOver = false;
    const writers = Array.from({ length: 8 }, async () => {
      while (!isOver) await audit.append(entry());
    });
    const reader = new AuditRepository(await db.another());
    let seen = 0;
    for (let round = 0; round < 15; round++) {
      const { ok, rows, breaks, head } = await reader.verify('acme');
      expect({ ok, breaks, rows }).toEqual({ ok: true, breaks: [], rows: head?.position ?? 0 });
      seen = Math.max(seen, rows);
    }
    isOver = true;
    await Promise.all(writers);
    expect(seen).toBeGreaterThan(0);
  });

  it('is read in batches, and reading stops once the caller aborts', async () => {
    await db.sql(
      `INSERT INTO audit_entry (id, tenant_id, actor, app, action, outcome, detail)
       SELECT gen_random_uuid(), 'acme', 'a', 'a', 'a', 'a', '{}' FROM generate_series(1, 2500)`,
    );
    expect(await audit.verify('acme')).toMatchObject(intact(2500));
    expect(await audit.verify('acme', new AbortController().signal)).toMatchObject(intact(2500));

    const caller = new AbortController();
    const reason = new Error('the caller has gone');
    const look = jest.spyOn(caller.signal, 'throwIfAborted').mockImplementationOnce(() => caller.abort(reason));
    await expect(audit.verify('acme', caller.signal)).rejects.toBe(reason);
    expect(look).toHaveBeenCalledTimes(2);
  });

  it('has hashes that PostgreSQL and the verification compute alike, whatever an entry contains', async () => {
    const text = fc.string({ unit: 'grapheme', maxLength: 40 }).map((value) => value.replaceAll('\0', '¶'));
    const json = fc.jsonValue().filter((value) => !JSON.stringify(value).includes('\\u0000') && isWellFormed(value));
    const entries = fc.record({
      tenantId: fc.constantFrom('acme', 'other'),
      actor: text,
      app: text,
      action: text,
      integrationId: fc.option(fc.uuid()),
      outcome: text,
      detail: fc.dictionary(text, json),
    });
    let written = 0;
    await fc.assert(
      fc.asyncProperty(entries, async (any) => {
        await audit.append(any);
        written++;
      }),
      { numRuns: 300 },
    );

    const [ours, others] = [await audit.verify('acme'), await audit.verify('other')];
    expect([...ours.breaks, ...others.breaks]).toEqual([]);
    expect(ours.rows + others.rows).toBe(written);
  });

  it('has no gap after a failed transaction', async () => {
    await audit.append(entry());
    const failing = inTransaction(db.database, async (tx) => {
      await audit.append(entry({ outcome: 'lost' }), tx);
      throw new Error('no');
    });
    await expect(failing).rejects.toThrow('no');
    await audit.append(entry());

    expect(await audit.verify('acme')).toMatchObject({ ...intact(2), head: { position: 2 } });
  });

  it('keeps the order of a transaction’s entries, and fails the transaction when an entry cannot be written', async () => {
    await inTransaction(db.database, async (tx) => {
      for (const n of [1, 2, 3]) await audit.append(entry({ detail: { n } }), tx);
    });
    const { items } = await audit.list('acme', {}, { limit: 10 });
    expect(items.map(({ position, detail }) => [position, detail['n']])).toEqual([
      [3, 3],
      [2, 2],
      [1, 1],
    ]);

    const integrations = new IntegrationRepository(db.database);
    const row = integration();
    const refused = db.database.transaction(async (tx) => {
      await integrations.insert(row, tx);
      await audit.append(entry({ actor: null as unknown as string }), tx);
    });
    await expect(refused).rejects.toMatchObject({ code: '23502' });
    expect(await integrations.find('acme', row.id)).toBeNull();
  });

  it('blocks no other transaction while one with an audit entry is still open, and never deadlocks with its row locks', async () => {
    const integrations = new IntegrationRepository(db.database);
    const [a, b] = [integration({ name: 'a' }), integration({ name: 'b' })];
    for (const row of [a, b]) await integrations.insert(row);
    const other = await db.another();
    const bothAudited = meeting(2);

    // Each transaction appends its audit entry first and only then changes a row; the first one changes its row last.
    const change = (database: Database, id: string) =>
      database.transaction(async (tx) => {
        await new AuditRepository(database).append(entry({ integrationId: id }), tx);
        await bothAudited();
        await new IntegrationRepository(database).update('acme', a.id, 1, { tags: [id] }, tx);
      });
    await Promise.all([change(db.database, a.id), change(other, b.id)]);

    expect(await audit.verify('acme')).toMatchObject(intact(2));
  });

  it('ignores position, time and hashes that an insert supplies', async () => {
    const id = uuidv7();
    await audit.append(entry());
    await db.sql(
      `INSERT INTO audit_entry (id, tenant_id, position, at, actor, app, action, outcome, detail, prev_hash, hash)
       VALUES ($1, 'acme', 77, '2001-01-01', 'a', 'a', 'a', 'a', '{}', sha256('x'), sha256('y'))`,
      [id],
    );

    expect(await audit.verify('acme')).toMatchObject(intact(2));
    const [row] = await db.sql<{ position: string; at: Date }>('SELECT position, at FROM audit_entry WHERE id = $1', [
      id,
    ]);
    expect(row!.position).toBe('2');
    expect(row!.at.getFullYear()).toBeGreaterThan(2001);
  });

  it('continues with the time of the previous entry when the clock was set back', async () => {
    const hour = `interval '1 hour'`;
    await db.sql(
      `ALTER TABLE audit_head DISABLE TRIGGER ALL;
       INSERT INTO audit_head VALUES ('acme', 1, sha256('x'), date_trunc('seconds', now()) + ${hour})`,
    );
    await audit.append(entry());
    const [{ ahead }] = (await db.sql<{ ahead: boolean }>(
      `SELECT at > now() + ${hour} / 2 AS ahead FROM audit_entry`,
    )) as [{ ahead: boolean }];
    expect(ahead).toBe(true);
  });

  it('lets a role write that may only insert and select entries, and cannot read the head', async () => {
    const role = `writer_${uuidv7().replaceAll('-', '')}`;
    await db.sql(`
      CREATE ROLE ${role}; GRANT INSERT, SELECT ON audit_entry TO ${role};
      CREATE POLICY writer ON audit_entry TO ${role} USING (true)`);
    const as = (statement: string) => db.sql(`BEGIN; SET LOCAL ROLE ${role}; ${statement}; COMMIT`);
    try {
      await as(
        `CREATE TEMPORARY TABLE audit_head (tenant_id text, position bigint, hash bytea, at timestamptz) ON COMMIT DROP;
         INSERT INTO audit_head VALUES ('acme', 76, sha256('x'), now());
         INSERT INTO audit_entry (id, tenant_id, actor, app, action, outcome, detail)
         VALUES (gen_random_uuid(), 'acme', 'a', 'a', 'a', 'a', '{}')`,
      );
      expect(await audit.verify('acme')).toMatchObject(intact(1));
      for (const refused of ['SELECT * FROM audit_head', `UPDATE audit_entry SET actor = 'x'`]) {
        await expect(as(refused)).rejects.toThrow('permission denied');
        await db.sql('ROLLBACK');
      }
    } finally {
      await db.sql(`DROP OWNED BY ${role}; DROP ROLE ${role}`);
    }
  });

  it.each([
    ['set back', 'UPDATE audit_head SET position = position - 1'],
    ['moved on by two', 'UPDATE audit_head SET position = position + 2'],
    ['given another hash', `UPDATE audit_head SET hash = sha256('x')`],
    ['given to another tenant', `UPDATE audit_head SET position = position + 1, tenant_id = 'x'`],
    ['begun in the middle', `INSERT INTO audit_head VALUES ('x', 2, sha256('x'), now())`],
    ['deleted', 'DELETE FROM audit_head'],
    ['truncated', 'TRUNCATE audit_head'],
    ['deleted as a replica', 'SET session_replication_role = replica; DELETE FROM audit_head'],
  ])('has a head that cannot be %s', async (_what, statement) => {
    await chain(db, 3);
    await expect(db.sql(statement)).rejects.toThrow('only moves forward');
    await db.sql('RESET session_replication_role');
    expect(await audit.verify('acme')).toMatchObject({ ...intact(3), head: { position: 3 } });
  });

  it('adopts the entries that existed before it, tenant by tenant in the order of their times', async () => {
    await db.sql(`
      DROP TRIGGER audit_entry_seal ON audit_entry; DROP FUNCTION seal_audit_entry; DROP TABLE audit_head;
      DROP FUNCTION guard_audit_head, audit_hash, audit_field;
      ALTER TABLE audit_entry DROP COLUMN position, DROP COLUMN prev_hash, DROP COLUMN hash;
      CREATE INDEX audit_entry_newest ON audit_entry (tenant_id, at DESC, id DESC);
      CREATE INDEX audit_entry_of_integration ON audit_entry (tenant_id, integration_id, at DESC, id DESC);
      DELETE FROM schema_migration WHERE name = 'AuditChain1790000000005';
      INSERT INTO audit_entry (id, tenant_id, at, actor, app, action, outcome, detail)
      SELECT gen_random_uuid(), CASE n % 3 WHEN 0 THEN 'other' ELSE 'acme' END,
             '2026-01-01T00:00:00.123Z'::timestamptz - n * interval '1 minute', 'a', 'a', 'a', 'a', '{}'
      FROM generate_series(1, 9) n`);
    const oldest = await db.sql<{ id: string }>(`SELECT id FROM audit_entry WHERE tenant_id = 'acme' ORDER BY at`);
    expect(await runMigrations(db.url)).toEqual(['AuditChain1790000000005']);
    // As a later migration does.
    await db.sql('GRANT SELECT ON audit_head TO integrations_tenant');

    expect(await idsOf(db)).toEqual(oldest.map(({ id }) => id));
    await audit.append(entry());
    expect(await audit.verify('acme')).toMatchObject({ ...intact(7), head: { position: 7 } });
    expect(await audit.verify('other')).toMatchObject({ ...intact(3), head: { position: 3 } });
    await expect(db.sql('DELETE FROM audit_entry')).rejects.toThrow('append-only');
  });
});

const inTransaction = <T>(database: Database, work: Parameters<Database['transaction']>[0]) =>
  database.transaction(work) as Promise<T>;

/** A barrier: resolves for all callers once `size` of them have arrived. */
function meeting(size: number): () => Promise<void> {
  let come = 0;
  const { promise, resolve } = Promise.withResolvers<void>();
  return () => {
    if (++come === size) resolve();
    return promise;
  };
}

/** PostgreSQL's JSON cannot hold a lone surrogate. */
function isWellFormed(value: unknown): boolean {
  return !/\\ud[89a-f][0-9a-f]{2}/i.test(JSON.stringify(value));
}
