import type { IntegrationView, Page } from '@integrations/contracts';
import fc from 'fast-check';
import { anyText } from '../../support/any-text';
import { register, startCatalog, type TestCatalog, type TestClient } from './support';

describe('a search of integrations', () => {
  let catalog: TestCatalog;
  let client: TestClient;

  beforeAll(async () => {
    catalog = await startCatalog();
    client = await catalog.client();
    await register(client, {
      name: 'GitHub (organisation Acme)',
      endpoint: 'https://api.github.com',
      tags: ['eu:west'],
    });
    await register(client, { name: 'Build farm', description: "O'Hara's Jenkins, 100% ours", tags: ['prod'] });
    await register(client, { name: 'Zoë (v1beta2)', endpoint: 'http://10.1.2.3:8443/scm_root/forge' });
    await register(await catalog.client({ tenantId: 'rival' }), { name: 'Acme of the rival' });
  });
  afterAll(() => catalog.close());

  const page = async (query: string, by = client) => {
    const { status, body, text } = await by.call<Page<IntegrationView>>('GET', `integrations?${query}`);
    if (status !== 200) throw new Error(`${status}: ${text}`);
    return body;
  };
  const found = async (q: string) =>
    (await page(`q=${encodeURIComponent(q)}`)).items.map(({ name }) => name.slice(0, 3)).sort();

  it.each([
    ['github', ['Git']],
    ['GITHUB acme', ['Git']],
    ['acme, organ', ['Git']],
    ['api.github.com', ['Git']],
    ['https://api.github.com', ['Git']],
    ['west', ['Git']],
    ['eu:west', ['Git']],
    ['hub', []],
    ['github jenkins', []],
    ["o'hara", ['Bui']],
    ['100%', ['Bui']],
    ['jenk', ['Bui']],
    ['prod', ['Bui']],
    ['Zoë', ['Zoë']],
    ['v1', ['Zoë']],
    ['v1beta2', ['Zoë']],
    ['10.1.2.3', ['Zoë']],
    ['8443', ['Zoë']],
    ['root', ['Zoë']],
    ["' | acme:* & !x", []],
    ["'); DROP TABLE integration; --", []],
    ['\\', undefined],
    ['memory', ['Bui']],
  ])('matches the beginnings of words: %j', async (q, names) => {
    if (names) expect(await found(q)).toEqual(names);
    else await expect(found(q)).rejects.toThrow('400');
  });

  it('always answers 200, or 400 when there is nothing to search for', async () => {
    await fc.assert(
      fc.asyncProperty(anyText({ maxLength: 60 }), async (q) => {
        const query = new URLSearchParams({ q }).toString();
        const { status } = await client.call('GET', `integrations?${query}`);
        expect([200, 400]).toContain(status);
      }),
      { numRuns: 150 },
    );
  });

  it('reflects a change at once', async () => {
    const { id } = await register(client, { name: 'Before' });
    await client.call('PATCH', `integrations/${id}`, { body: { name: 'After' }, headers: { 'if-match': '*' } });
    expect([await found('before'), await found('after')]).toEqual([[], ['Aft']]);
  });

  it('uses the index when there are many rows', async () => {
    await catalog.sql('ANALYZE integration');
    await catalog.sql('SET enable_seqscan = off');
    const plan = await catalog.sql(
      `EXPLAIN SELECT 1 FROM integration WHERE words @@ to_tsquery('pg_catalog.simple', '''acme'':*')`,
    );
    expect(JSON.stringify(plan)).toContain('integration_words');
  });

  describe('by health', () => {
    let sick: TestClient;
    const judge = (id: string, status: string) =>
      catalog.sql(
        `INSERT INTO integration_health (integration_id, tenant_id, status, code, message, since, checked_at, latency_ms,
           failures, successes, settled, interval_seconds, verdict)
         VALUES ($1, 'sick', $2, 'ok', '', now(), now(), 7, 0, 1, $2, 60, '{}')
         ON CONFLICT (integration_id) DO UPDATE SET status = excluded.status`,
        [id, status],
      );
    const names = async (query: string) => (await page(query, sick)).items.map(({ name }) => name);

    beforeAll(async () => {
      sick = await catalog.client({ tenantId: 'sick' });
      for (const status of ['healthy', 'degraded', 'unhealthy', 'unknown']) {
        for (const nth of [1, 2]) await judge((await register(sick, { name: `${status} ${nth}` })).id, status);
      }
      await register(sick, { name: 'never probed' });
    });

    it.each([
      ['healthy', ['healthy 2', 'healthy 1']],
      ['degraded', ['degraded 2', 'degraded 1']],
      ['unhealthy', ['unhealthy 2', 'unhealthy 1']],
      ['unknown', ['never probed', 'unknown 2', 'unknown 1']],
    ])('finds those that are %s, where unknown includes those never probed', async (status, expected) => {
      expect(await names(`health=${status}`)).toEqual(expected);
    });

    it('can be combined with the other filters', async () => {
      expect(await names('health=healthy&q=2')).toEqual(['healthy 2']);
      expect(await names('health=healthy&q=2&tag=prod')).toEqual([]);
    });

    it('shows each match once over several pages, while others are added and changed', async () => {
      const made: string[] = [];
      for (let nth = 0; nth < 7; nth++) {
        const { id, name } = await register(sick, { name: `paged ${nth}` });
        await judge(id, 'healthy');
        made.push(name);
      }
      await catalog.sql(
        `UPDATE integration SET created_at = date_trunc('second', created_at) WHERE tenant_id = 'sick'`,
      );
      const seen: string[] = [];
      let cursor: string | null = null;
      do {
        const query: string = `q=paged&health=healthy&limit=2${cursor ? `&cursor=${cursor}` : ''}`;
        const { items, nextCursor }: Page<IntegrationView> = await page(query, sick);
        seen.push(...items.map(({ name }) => name));
        cursor = nextCursor;
        const { id } = await register(sick, { name: `paged late ${seen.length}` });
        await judge(id, 'healthy');
      } while (cursor);
      expect([...seen].sort()).toEqual([...made].sort());
    });
  });
});
