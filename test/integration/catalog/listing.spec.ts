import type { HealthStatus, IntegrationsSummary, IntegrationView, Page } from '@integrations/contracts';
import { HealthRepository } from '@integrations/database';
import { health as healthRow } from '../database/support';
import { expectProblem, register, startCatalog, type TestCatalog, type TestClient } from './support';

type IntegrationPage = Page<IntegrationView>;

describe('lists', () => {
  let catalog: TestCatalog;
  let admin: TestClient;

  beforeAll(async () => {
    catalog = await startCatalog();
    admin = await catalog.client();
  });
  afterAll(() => catalog.close());

  const list = async (query: string, client = admin) => {
    const { status, body, text } = await client.call<IntegrationPage>('GET', `integrations${query}`);
    if (status !== 200) throw new Error(`${status}: ${text}`);
    return body;
  };
  const names = ({ items }: IntegrationPage) => items.map(({ name }) => name);

  it('are empty and have no cursor when there is nothing', async () => {
    expect(await list('', await catalog.client({ tenantId: 'empty' }))).toEqual({ items: [], nextCursor: null });
  });

  it('can be filtered by type, provider, enabled and tag, and by all at once', async () => {
    const client = await catalog.client({ tenantId: 'filters' });
    await register(client, { name: 'on', tags: ['prod', 'eu'] });
    await register(client, { name: 'off', tags: ['prod'], enabled: false });
    await register(client, { name: 'plain' });
    for (const [query, found] of [
      ['', ['plain', 'off', 'on']],
      ['?type=scm', ['plain', 'off', 'on']],
      ['?type=registry', []],
      ['?provider=in_memory', ['plain', 'off', 'on']],
      ['?provider=gitlab', []],
      ['?enabled=true', ['plain', 'on']],
      ['?enabled=false', ['off']],
      ['?tag=prod', ['off', 'on']],
      ['?tag=pro', []],
      ['?type=scm&provider=in_memory&enabled=true&tag=prod&limit=200', ['on']],
    ] as const) {
      expect([query, names(await list(query, client))]).toEqual([query, found]);
    }
  });

  it('are counted by health, consistently with the filters and with what is stale', async () => {
    const client = await catalog.client({ tenantId: 'counted' });
    const made: { id: string }[] = [];
    for (let nth = 0; nth < 5; nth++)
      made.push(await register(client, { name: `${nth}`, tags: [nth < 3 ? 'eu' : 'us'] }));
    const [healthy, unhealthy, stale, degraded] = made.map(({ id }) => id) as [string, string, string, string];
    const checked = (id: string, status: HealthStatus, checkedAt = new Date()) =>
      new HealthRepository(catalog.database).save([healthRow(id, { tenantId: 'counted', status, checkedAt })]);
    await checked(healthy, 'healthy');
    await checked(unhealthy, 'unhealthy');
    await checked(stale, 'healthy', new Date(Date.now() - 3_600_000));
    await checked(degraded, 'degraded');

    const summary = async (query: string) => {
      const { body } = await client.call<IntegrationsSummary>('GET', `integrations/summary${query}`);
      for (const [status, count] of Object.entries(body.byHealth)) {
        const found = await list(`?health=${status}${query.replace('?', '&')}`, client);
        expect([status, found.items.length]).toEqual([status, count]);
      }
      return body;
    };
    expect(await summary('')).toEqual({ total: 5, byHealth: { unknown: 2, healthy: 1, degraded: 1, unhealthy: 1 } });
    expect(await summary('?tag=eu')).toEqual({
      total: 3,
      byHealth: { unknown: 1, healthy: 1, degraded: 0, unhealthy: 1 },
    });
    expect(await summary('?provider=gitlab')).toMatchObject({ total: 0 });
    expectProblem(await client.call('GET', 'integrations/summary?health=healthy'), 400, 'invalid_request', 'health');
  });

  it('show each integration once, in one order, while others are added', async () => {
    const client = await catalog.client({ tenantId: 'paging' });
    const made: { id: string; name: string }[] = [];
    for (let nth = 0; nth < 11; nth++) made.push(await register(client, { name: `old ${nth}` }));
    // Several registrations of the same millisecond must not be lost between two pages.
    await catalog.sql(
      `UPDATE integration SET created_at = date_trunc('second', created_at) WHERE tenant_id = 'paging' AND name <> 'old 0'`,
    );

    const seen: string[] = [];
    let cursor: string | null = null;
    do {
      const page: IntegrationPage = await list(`?limit=3${cursor ? `&cursor=${cursor}` : ''}`, client);
      seen.push(...names(page));
      cursor = page.nextCursor;
      await register(client, { name: `new ${seen.length}` });
    } while (cursor);
    expect([...seen].sort()).toEqual(made.map(({ name }) => name).sort());
  });

  it('have no cursor when the last page is full', async () => {
    const client = await catalog.client({ tenantId: 'full' });
    for (const name of ['a', 'b']) await register(client, { name });
    expect((await list('?limit=2', client)).nextCursor).toBeNull();
    expect((await list('?limit=1', client)).nextCursor).toEqual(expect.any(String));
  });

  it.each([
    ['limit', '?limit=0'],
    ['limit', '?limit=201'],
    ['limit', '?limit=-1'],
    ['limit', '?limit=ten'],
    ['limit', '?limit=1.5'],
    ['limit', '?limit='],
    ['limit', '?limit=1&limit=2'],
    ['type', '?type=toaster'],
    ['type', '?type=scm&type=ci'],
    ['provider', '?provider=Git%20Hub'],
    ['enabled', '?enabled=yes'],
    ['tag', '?tag=Not%20A%20Tag'],
    ['tag', '?tag=%00'],
    ['colour', '?colour=red'],
    ['health', '?health=sick'],
    ['health', '?health='],
    ['q', '?q='],
    ['q', '?q=%20*%3A'],
    ['q', `?q=${'x'.repeat(201)}`],
    ['q', '?q=a&q=b'],
    ['q', '?q=a%00'],
    ['deleted', '?deleted=1'],
    ['__proto__', '?__proto__=x'],
    ['constructor', '?constructor=x'],
    ['cursor', '?cursor=nonsense'],
    ['cursor', `?cursor=${Buffer.from('1 2').toString('base64url')}`],
    ['cursor', `?cursor=${'x'.repeat(501)}`],
    ['cursor', '?cursor='],
  ])('refuse an invalid %s: %s', async (field, query) => {
    expectProblem(await admin.call('GET', `integrations${query}`), 400, 'invalid_request', field);
  });

  describe('of the ledger', () => {
    const insert = (id: string, overrides: Record<string, unknown> = {}) => {
      const row: Record<string, unknown> = {
        id,
        tenant_id: 'acme',
        integration_id: '01920000-0000-7000-8000-0000000000aa',
        integration_type: 'scm',
        provider: 'in_memory',
        generation: 1,
        operation: 'comment',
        lane: 'lane',
        owner: 'octo',
        repository: 'demo',
        pr_number: 7,
        request: { body: 'hidden text' },
        request_hash: 'hash',
        state: 'queued',
        ...overrides,
      };
      const columns = Object.keys(row);
      return catalog.sql(
        `INSERT INTO annotation_operation (${columns.join()}) VALUES (${columns.map((_, at) => `$${at + 1}`).join()})`,
        Object.values(row),
      );
    };
    const idOf = (nth: number) => `01920000-0000-7000-8000-00000000000${nth}`;
    const outcome = { success: true, result: { outcome: 'created', commentId: '9', url: 'memory://9', truncated: [] } };

    beforeAll(async () => {
      await insert(idOf(1), {
        accepted_at: '2026-01-01T00:00:01Z',
        attempts: 2,
        next_attempt_at: '2026-01-01T00:01:00Z',
      });
      await insert(idOf(2), {
        accepted_at: '2026-01-01T00:00:02Z',
        operation: 'status',
        pr_number: null,
        commit_sha: 'a'.repeat(40),
        state: 'succeeded',
        finished_at: '2026-01-01T00:00:03Z',
        outcome,
      });
      await insert(idOf(3), { accepted_at: '2026-01-01T00:00:03Z', tenant_id: 'rival' });
    });

    it('show operations newest first, with their outcome but not their content', async () => {
      const { status, body, text } = await admin.call<Page<object>>('GET', 'annotations');
      expect(status).toBe(200);
      expect(body).toEqual({
        items: [
          {
            operationId: idOf(2),
            integrationId: '01920000-0000-7000-8000-0000000000aa',
            provider: 'in_memory',
            operation: 'status',
            state: 'succeeded',
            owner: 'octo',
            repository: 'demo',
            prNumber: null,
            commitSha: 'a'.repeat(40),
            attempts: 0,
            nextAttemptAt: null,
            acceptedAt: '2026-01-01T00:00:02.000Z',
            finishedAt: '2026-01-01T00:00:03.000Z',
            ending: null,
            outcome,
          },
          expect.objectContaining({
            operationId: idOf(1),
            state: 'queued',
            prNumber: 7,
            attempts: 2,
            nextAttemptAt: '2026-01-01T00:01:00.000Z',
            finishedAt: null,
            outcome: null,
          }),
        ],
        nextCursor: null,
      });
      expect(text).not.toContain('hidden text');
    });

    it('can be filtered and paged', async () => {
      const idsOf = async (query: string) => {
        const { body } = await admin.call<Page<{ operationId: string }>>('GET', `annotations${query}`);
        return body.items.map(({ operationId }) => operationId);
      };
      expect(await idsOf('?state=queued')).toEqual([idOf(1)]);
      expect(await idsOf('?operation=status')).toEqual([idOf(2)]);
      expect(await idsOf('?integrationId=01920000-0000-7000-8000-0000000000ab')).toEqual([]);
      const first = await admin.call<Page<object>>('GET', 'annotations?limit=1');
      expect(await idsOf(`?limit=1&cursor=${first.body.nextCursor}`)).toEqual([idOf(1)]);
    });

    it("return one operation by id, and 404 for another tenant's", async () => {
      const one = await admin.call('GET', `annotations/${idOf(2)}`);
      expect([one.status, one.body['outcome']]).toEqual([200, outcome]);
      expectProblem(await admin.call('GET', `annotations/${idOf(3)}`), 404, 'not_found');
      expectProblem(await admin.call('GET', `annotations/${idOf(9)}`), 404, 'not_found');
      expectProblem(await admin.call('GET', 'annotations/nine'), 400, 'invalid_request', 'operationId');
    });

    it.each([
      ['state', '?state=lost'],
      ['operation', '?operation=merge'],
      ['integrationId', '?integrationId=7'],
      ['limit', '?limit=201'],
      ['cursor', '?cursor=x'],
      ['branch', '?branch=main'],
    ])('refuse an invalid %s: %s', async (field, query) => {
      expectProblem(await admin.call('GET', `annotations${query}`), 400, 'invalid_request', field);
    });
  });

  describe('of providers', () => {
    it('describe each provider with the schema of its config', async () => {
      const { body } = await admin.call<{ items: { provider: string }[] }>('GET', 'providers');
      const inMemory = body.items.find(({ provider }) => provider === 'in_memory');
      expect(inMemory).toMatchObject({
        type: 'scm',
        capabilities: ['comment', 'status', 'check_run', 'repositories'],
        defaultEndpoint: 'memory://local',
        available: true,
        configSchema: { type: 'object', additionalProperties: false, properties: { latencyMs: { minimum: 0 } } },
      });
      expect((await admin.call('GET', 'providers/in_memory')).body).toEqual(inMemory);
    });

    it.each(['gitlub', 'constructor', '__proto__', '%3Cscript%3E'])('know no provider %s', async (name) => {
      const answer = await admin.call('GET', `providers/${name}`);
      expectProblem(answer, 404, 'not_found');
      expect(answer.body['detail']).not.toContain('<script>');
    });
  });
});
