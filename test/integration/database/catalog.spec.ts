import {
  HealthRepository,
  InvalidCursor,
  IntegrationRepository,
  type IntegrationRow,
  NameTaken,
  ProbeScheduleRepository,
} from '@integrations/database';
import { v7 as uuidv7 } from 'uuid';
import { health, integration, openDatabase, type TestDatabase } from './support';

let db: TestDatabase;
let integrations: IntegrationRepository;
let states: HealthRepository;

beforeEach(async () => {
  db = await openDatabase();
  integrations = new IntegrationRepository(db.database);
  states = new HealthRepository(db.database);
});

afterEach(() => db.close());

describe('integrations', () => {
  it('are returned as they were given', async () => {
    const given = integration({ description: 'ours', tags: ['prod', 'team:a'], authRef: null });
    const row = await integrations.insert(given);

    const made = {
      generation: 1,
      createdAt: expect.any(Date),
      updatedAt: expect.any(Date),
      deletedAt: null,
      maintenanceUntil: null,
      maintenanceReason: null,
      posting: 'online',
    };
    expect(row).toEqual({ ...given, ...made });
    expect(await integrations.find('acme', given.id)).toEqual(row);
  });

  it('have names that are unique per tenant, regardless of case, among those not deleted', async () => {
    const first = await integrations.insert(integration({ name: 'GitHub' }));
    await expect(integrations.insert(integration({ name: 'github' }))).rejects.toThrow(NameTaken);
    await integrations.insert(integration({ name: 'github', tenantId: 'other' }));

    const second = await integrations.insert(integration({ name: 'GitLab' }));
    await expect(integrations.update('acme', second.id, 1, { name: 'GITHUB' })).rejects.toThrow(NameTaken);

    await integrations.softDelete('acme', first.id, 1);
    expect(await integrations.update('acme', second.id, 1, { name: 'GITHUB' })).toMatchObject({ name: 'GITHUB' });
  });

  it('change only for a caller that knows their current generation', async () => {
    const { id } = await integrations.insert(integration({ name: 'one', description: 'kept' }));

    const changed = await integrations.update('acme', id, 1, { name: 'two', config: { a: 1 }, authRef: null });
    expect(changed).toMatchObject({ name: 'two', description: 'kept', config: { a: 1 }, authRef: null, generation: 2 });
    expect(await integrations.update('acme', id, 1, { name: 'three' })).toBe('changed');
    expect(await integrations.softDelete('acme', id, 1)).toBe('changed');
    expect(await integrations.update('acme', uuidv7(), 1, { name: 'three' })).toBe('missing');
    expect(await integrations.find('acme', id)).toEqual(changed);
  });

  it('let exactly one of concurrent changes succeed', async () => {
    const { id } = await integrations.insert(integration());
    const results = await Promise.all(
      Array.from({ length: 8 }, (_, n) => integrations.update('acme', id, 1, { description: `change ${n}` })),
    );

    expect(results.filter((result) => result === 'changed')).toHaveLength(7);
    expect(await integrations.find('acme', id)).toMatchObject({ generation: 2 });
  });

  it('are invisible to every reader once deleted', async () => {
    const { id } = await integrations.insert(integration());
    expect(await integrations.softDelete('acme', id, 1)).toMatchObject({ id, generation: 2 });

    expect(await integrations.find('acme', id)).toBeNull();
    expect((await integrations.list('acme', {}, { limit: 10 })).items).toEqual([]);
    expect(await integrations.listEnabled('acme', 'scm', 10)).toEqual([]);
    expect(await integrations.update('acme', id, 2, { name: 'x' })).toBe('missing');
    expect(await integrations.softDelete('acme', id, 2)).toBe('missing');
  });

  it('of another tenant are invisible to every method', async () => {
    const row = await integrations.insert(integration({ tags: ['prod'] }));
    await states.save([health(row.id)]);

    expect(await integrations.find('other', row.id)).toBeNull();
    expect((await integrations.list('other', {}, { limit: 10 })).items).toEqual([]);
    expect((await integrations.list('other', { tag: 'prod' }, { limit: 10 })).items).toEqual([]);
    expect(await integrations.listEnabled('other', 'scm', 10)).toEqual([]);
    expect(await integrations.update('other', row.id, 1, { name: 'stolen' })).toBe('missing');
    expect(await integrations.softDelete('other', row.id, 1)).toBe('missing');
    expect(await states.find('other', [row.id])).toEqual(new Map());
    expect(await integrations.find('acme', row.id)).toEqual(row);
  });

  it('are listed by type, provider, enabled and tag', async () => {
    const scm = await integrations.insert(integration({ tags: ['a', 'b'] }));
    const off = await integrations.insert(integration({ enabled: false, tags: ['b'] }));
    const harbor = await integrations.insert(integration({ type: 'registry', provider: 'harbor' }));
    const ids = async (filter: Parameters<typeof integrations.list>[1]) =>
      (await integrations.list('acme', filter, { limit: 10 })).items.map(({ id }) => id);

    expect(await ids({})).toEqual([harbor.id, off.id, scm.id]);
    expect(await ids({ type: 'scm' })).toEqual([off.id, scm.id]);
    expect(await ids({ provider: 'harbor' })).toEqual([harbor.id]);
    expect(await ids({ enabled: false })).toEqual([off.id]);
    expect(await ids({ tag: 'b', enabled: true })).toEqual([scm.id]);
    expect((await integrations.listEnabled('acme', 'scm', 10)).map(({ id }) => id)).toEqual([scm.id]);
  });

  it('are paged without loss or repetition while others are inserted', async () => {
    const before: IntegrationRow[] = [];
    for (let n = 0; n < 23; n++) before.push(await integrations.insert(integration()));
    // Many rows of the same millisecond: the id decides the order.
    await db.sql(`UPDATE integration SET created_at = '2026-01-01T00:00:00.5Z' WHERE name < 'integration 8'`);

    const seen: string[] = [];
    let cursor: string | null | undefined;
    do {
      const page = await integrations.list('acme', {}, { limit: 5, ...(cursor && { cursor }) });
      expect(page.items.length).toBeLessThanOrEqual(5);
      seen.push(...page.items.map(({ id }) => id));
      cursor = page.nextCursor;
      await integrations.insert(integration());
    } while (cursor);

    expect([...seen].sort()).toEqual(before.map(({ id }) => id).sort());
  });

  it.each(['', 'x', 'bm90IGEgY3Vyc29y', Buffer.from(`1 ' OR 1=1`).toString('base64url')])(
    'refuse the forged cursor %j',
    async (cursor) => {
      await expect(integrations.list('acme', {}, { limit: 5, cursor })).rejects.toThrow(InvalidCursor);
    },
  );
});

describe('health', () => {
  it('is kept per integration and replaced by the next save', async () => {
    const [a, b] = [await integrations.insert(integration()), await integrations.insert(integration())];
    await states.save([health(a.id), health(b.id, { status: 'unhealthy', code: 'timeout', failures: 3 })]);
    await states.save([health(a.id, { status: 'degraded', code: 'rate_limited', latencyMs: 99 })]);

    const found = await states.find('acme', [a.id, b.id, uuidv7()]);
    expect(found.size).toBe(2);
    expect(found.get(a.id)).toEqual(health(a.id, { status: 'degraded', code: 'rate_limited', latencyMs: 99 }));
    expect(found.get(b.id)).toMatchObject({ status: 'unhealthy', failures: 3 });
    expect(await states.find('acme', [])).toEqual(new Map());
  });

  it('is refused for an integration of another tenant, together with its whole batch', async () => {
    const row = await integrations.insert(integration());

    await expect(states.save([health(row.id, { tenantId: 'other' })])).rejects.toThrow(/foreign key/);
    expect(await states.find('acme', [row.id])).toEqual(new Map());
  });

  it('schedules cannot be taken over by naming another tenant', async () => {
    const row = await integrations.insert(integration());
    const schedule = new ProbeScheduleRepository(db.database);
    await schedule.put(row.id, 'acme', 60, new Date());

    await expect(schedule.put(row.id, 'other', 60, new Date())).rejects.toThrow(/not one of tenant/);
  });
});
