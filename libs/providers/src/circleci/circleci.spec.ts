import type { Page, PipelineRun } from '@integrations/contracts';
import type { CiConnector, EgressClient, RunsQuery } from '@integrations/provider-kit';
import { connectTo, loopbackEgress } from '../../../../test/support/fake-vendor/connection';
import { COMMIT, FakeCircleCi, SLUG, TOKEN, triggered } from './__fixtures__/fake-circleci';
import { CircleCiConfig } from './config';
import { createCircleCiPlugin } from './plugin';

const plugin = createCircleCiPlugin();
const { signal } = new AbortController();
const ANY = { limit: 100, cursor: null, pipeline: SLUG, repository: null, commit: null };

describe('circleci', () => {
  let circleci: FakeCircleCi;
  let egress: EgressClient;

  const connection = (secret = TOKEN) =>
    connectTo(egress, { endpoint: circleci.url, config: new CircleCiConfig(), secret });
  const test = (secret?: string) => {
    const { integration, deps } = connection(secret);
    return plugin.testConnection(integration, deps, signal);
  };
  const ci = (): CiConnector => {
    const { integration, deps } = connection();
    return plugin.open(integration, deps).ci!;
  };
  const runs = (query: Partial<RunsQuery>) => ci().listRuns({ ...ANY, ...query }, signal);
  const everyRun = async (query: Partial<RunsQuery>) => {
    const found: PipelineRun[] = [];
    let cursor: string | null = null;
    do {
      const before = circleci.requests.length;
      const page: Page<PipelineRun> = await runs({ ...query, cursor });
      expect(circleci.requests.length - before).toBeLessThanOrEqual(5);
      found.push(...page.items);
      cursor = page.nextCursor;
    } while (cursor !== null);
    return found;
  };

  beforeAll(() => {
    egress = loopbackEgress();
  });
  beforeEach(async () => {
    circleci = await FakeCircleCi.start();
  });
  afterEach(async () => {
    expect(circleci.violations).toEqual([]);
    await circleci.close();
  });
  afterAll(() => egress.close());

  describe('a probe', () => {
    it("reports the token's user, and that the runs of a project can be read", async () => {
      expect(await test()).toMatchObject({
        ...{ status: 'healthy', code: 'ok', principal: { id: 'mona', kind: 'user' }, warnings: [] },
        ...{ server: { product: 'CircleCI' }, permissions: { granted: ['read'], how: 'observed' } },
      });
    });

    it('reports that nothing is proven if no project is followed', async () => {
      circleci.followed = [];
      const verdict = await test();
      expect(verdict).toMatchObject({ code: 'ok', warnings: [expect.stringContaining('follows no project')] });
      expect(verdict.permissions).toBeUndefined();
    });

    it('sends a wrong token once', async () => {
      expect(await test('wrong')).toMatchObject({ code: 'credential_invalid' });
      expect(circleci.requests).toHaveLength(1);
    });

    it('makes one request in a health check', async () => {
      const { integration, deps } = connection();
      expect(await plugin.checkHealth(integration, deps, signal)).toMatchObject({ status: 'healthy' });
      expect(circleci.requests.map(({ path }) => path)).toEqual(['/v2/me']);
    });
  });

  it('lists followed projects of every kind', async () => {
    circleci.followed.push(null as never, { vcs_type: 'github' });
    const { items } = await ci().listPipelines({ limit: 100, cursor: null, q: null }, signal);
    expect(items).toEqual([
      expect.objectContaining({ id: 'bb/acme/docs', repository: 'acme/docs' }),
      expect.objectContaining({ id: 'circleci/9f8e7d6c/5b4a3f2e', name: 'portal', repository: null }),
      {
        ...{ id: SLUG, name: 'acme/shop', repository: 'acme/shop', enabled: true },
        url: `${circleci.url}/pipelines/gh/acme/shop`,
      },
    ]);
  });

  it('lists projects with so many branches that the full list would exceed the size limit of an answer', async () => {
    const build = { pushed_at: '2026-01-05T13:00:00Z', vcs_revision: COMMIT, build_num: 22, outcome: 'failed' };
    const branch = { last_non_success: build, last_success: build, recent_builds: Array(5).fill(build) };
    circleci.branches = Object.fromEntries(Array.from({ length: 5_000 }, (_, n) => [`topic-${n}`, branch]));
    expect((await ci().listPipelines({ limit: 100, cursor: null, q: null }, signal)).items).toHaveLength(3);
  });

  describe('runs', () => {
    it('are workflows, with commit and branch of their pipeline', async () => {
      const { items } = await runs({ limit: 1 });
      expect(items).toEqual([
        {
          ...{ id: expect.any(String), pipelineId: SLUG, name: 'build #3', status: 'completed', conclusion: 'success' },
          ...{ branch: 'main', commit: COMMIT, createdAt: '2026-01-05T13:01:00.000Z' },
          ...{ startedAt: '2026-01-05T13:01:00.000Z', finishedAt: '2026-01-05T13:30:00.000Z' },
          url: `${circleci.url}/pipelines/gh/acme/shop/3/workflows/${items[0]!.id}`,
        },
      ]);
    });

    it.each([
      ['failed', 'completed', 'failure'],
      ['error', 'completed', 'failure'],
      ['unauthorized', 'completed', 'failure'],
      ['canceled', 'completed', 'cancelled'],
      ['not_run', 'completed', 'skipped'],
      ['running', 'running', null],
      ['failing', 'running', null],
      ['on_hold', 'waiting', null],
    ])('that are %s are %s, with the conclusion %s', async (word, status, conclusion) => {
      const stopped_at = status === 'completed' ? '2026-01-05T15:00:00Z' : null;
      circleci.pipelines = [triggered(4, {}, [{ status: word, stopped_at }])];
      expect((await runs({})).items).toMatchObject([{ status, conclusion }]);
    });

    it('in an unknown final state are completed, without a conclusion', async () => {
      circleci.pipelines = [triggered(4, {}, [{ status: 'exploded' }])];
      expect((await runs({})).items).toMatchObject([{ status: 'completed', conclusion: null }]);
      expect(circleci.violations.splice(0)).toHaveLength(1);
    });

    it('that never started because of a broken configuration have failed', async () => {
      circleci.pipelines = [triggered(4, { state: 'errored', errors: [{ type: 'config', message: 'no' }] }, [])];
      expect((await runs({})).items).toMatchObject([{ name: '#4', status: 'completed', conclusion: 'failure' }]);
      expect(circleci.requests).toHaveLength(1);
    });

    it("of a project of CircleCI's GitHub App have a commit as well", async () => {
      const git = { checkout_sha: 'e'.repeat(40), branch: 'next' };
      circleci.pipelines = [triggered(4, { vcs: undefined, trigger_parameters: { git } })];
      expect((await runs({})).items).toMatchObject([{ commit: 'e'.repeat(40), branch: 'next' }]);
    });

    it.each([1, 3, 100])('are listed once each, with at most five calls per page, %d at a time', async (limit) => {
      const workflows = (count: number) => Array.from({ length: count }, (_, n) => ({ name: `w${n}` }));
      circleci.pipelines = [11, 10, 9, 8, 7, 6, 5, 4, 3].map((n) => triggered(n, {}, workflows(n === 9 ? 6 : n % 4)));
      const found = await everyRun({ limit });
      expect(found.map(({ name }) => name)).toEqual(
        circleci.pipelines.flatMap(({ number, workflows: all }) =>
          all.map(({ name }) => `${name as string} #${number}`).reverse(),
        ),
      );
    });

    it('are listed once each although new ones start in the meantime', async () => {
      const first = await runs({ limit: 2 });
      circleci.pipelines.unshift(...[9, 8, 7, 6, 5, 4].map((number) => triggered(number)));
      const rest = await runs({ limit: 2, cursor: first.nextCursor });
      expect([...first.items, ...rest.items].map(({ name }) => name)).toEqual(['build #3', 'build #2', 'build #1']);
    });

    it('of a commit take one call per page searched, and one per match', async () => {
      circleci.pipelines = [9, 8, 7, 6, 5, 4, 3].map((number) => triggered(number));
      expect(await everyRun({ commit: COMMIT })).toMatchObject([{ name: 'build #3', commit: COMMIT }]);
      expect(circleci.requests).toHaveLength(3);
    });

    it.each([
      ['repository', { repository: 'acme/shop' }],
      ['pipeline', { pipeline: null }],
      ['pipeline', { pipeline: 'gh/acme' }],
    ])('name %s in the error if CircleCI has no such list', async (field, query) => {
      const refusal = { code: 'invalid_request', message: expect.stringContaining(field) };
      await expect(runs(query)).rejects.toMatchObject(refusal);
      expect(circleci.requests).toEqual([]);
    });
  });
});
