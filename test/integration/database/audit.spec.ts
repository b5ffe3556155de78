import { AuditRepository, type NewAuditEntry } from '@integrations/database';
import { v7 as uuidv7 } from 'uuid';
import { openDatabase, type TestDatabase } from './support';

describe('the audit trail', () => {
  let db: TestDatabase;
  let audit: AuditRepository;
  const integrationId = uuidv7();

  const entry = (overrides: Partial<NewAuditEntry> = {}): NewAuditEntry => ({
    tenantId: 'acme',
    actor: 'token:ci',
    app: 'catalog-api',
    action: 'integration.created',
    integrationId,
    outcome: 'ok',
    detail: { fields: ['name'] },
    ...overrides,
  });

  beforeEach(async () => {
    db = await openDatabase();
    audit = new AuditRepository(db.database);
  });

  afterEach(() => db.close());

  it('lists entries newest first, page by page and by filter', async () => {
    for (let n = 0; n < 5; n++) await audit.append(entry({ detail: { n } }));
    await audit.append(entry({ action: 'secret.read', integrationId: null }));
    const first = await audit.list('acme', { integrationId }, { limit: 3 });
    const rest = await audit.list('acme', { integrationId }, { limit: 3, cursor: first.nextCursor! });

    expect([...first.items, ...rest.items].map(({ detail }) => detail.n)).toEqual([4, 3, 2, 1, 0]);
    expect(rest.nextCursor).toBeNull();
    expect((await audit.list('acme', { action: 'secret.read' }, { limit: 3 })).items).toEqual([
      {
        ...entry({ action: 'secret.read', integrationId: null }),
        id: expect.any(String),
        position: 6,
        at: expect.any(Date),
        hash: expect.any(Buffer),
      },
    ]);
  });

  it('hides entries from other tenants', async () => {
    await audit.append(entry());

    expect((await audit.list('other', {}, { limit: 3 })).items).toEqual([]);
    expect((await audit.list('other', { integrationId }, { limit: 3 })).items).toEqual([]);
  });

  it('writes concurrent entries in one statement per tenant, and chains them one by one', async () => {
    const sent = jest.spyOn(db.database, 'prepared');
    const entries = Array.from({ length: 60 }, (_, n) => entry({ tenantId: n % 2 ? 'acme' : 'other', detail: { n } }));
    await Promise.all(entries.map((one) => audit.append(one)));

    expect(sent).toHaveBeenCalledTimes(2);
    const { items } = await audit.list('acme', {}, { limit: 100 });
    expect(items.map(({ position, detail }) => [position, detail.n])).toEqual(
      Array.from({ length: 30 }, (_, n) => [30 - n, 59 - 2 * n]),
    );
    expect(await audit.verify('acme')).toMatchObject({ breaks: [] });
  });

  it('keeps the entries that were written together with an invalid one', async () => {
    const outcomes = await Promise.allSettled([
      audit.append(entry({ detail: { n: 1 } })),
      audit.append(entry({ integrationId: 'none' })),
      audit.append(entry({ detail: { n: 2 } })),
    ]);

    expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
    expect((await audit.list('acme', {}, { limit: 3 })).items).toHaveLength(2);
    expect(await audit.verify('acme')).toMatchObject({ breaks: [] });
  });

  it('is part of the transaction that it records', async () => {
    const failing = db.database.transaction(async (tx) => {
      await audit.append(entry(), tx);
      throw new Error('no');
    });

    await expect(failing).rejects.toThrow('no');
    expect((await audit.list('acme', {}, { limit: 3 })).items).toEqual([]);
  });

  it.each([
    ['changed', `UPDATE audit_entry SET outcome = 'denied'`],
    ['deleted', 'DELETE FROM audit_entry'],
    ['truncated', 'TRUNCATE audit_entry'],
    ['changed as a replica', `SET session_replication_role = replica; UPDATE audit_entry SET outcome = 'denied'`],
  ])('cannot be %s, even by its owner', async (_, statement) => {
    await audit.append(entry());

    await expect(db.sql(statement)).rejects.toThrow('append-only');
    expect((await audit.list('acme', {}, { limit: 3 })).items).toMatchObject([{ outcome: 'ok' }]);
  });
});
