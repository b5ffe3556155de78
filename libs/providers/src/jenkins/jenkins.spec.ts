import type { DiscoveredPipeline, Page, PipelineRun } from '@integrations/contracts';
import type { CiConnector, EgressClient, RunsQuery } from '@integrations/provider-kit';
import { connectTo, loopbackEgress } from '../../../../test/support/fake-vendor/connection';
import {
  build,
  checkout,
  COMMIT,
  type FakeItem,
  FakeJenkins,
  MAIN,
  SECRET,
  USER,
} from '../../../../test/support/fake-jenkins';
import { JenkinsConfig } from './config';
import { createJenkinsPlugin } from './plugin';

const plugin = createJenkinsPlugin();
const { signal } = new AbortController();
const ANY = { limit: 100, cursor: null, repository: null, commit: null };

describe('jenkins', () => {
  let jenkins: FakeJenkins;
  let egress: EgressClient;

  const connection = (secret = SECRET) => {
    const config = Object.assign(new JenkinsConfig(), { username: USER });
    return connectTo(egress, { endpoint: jenkins.url, config, secret });
  };
  const test = (secret?: string) => {
    const { integration, deps } = connection(secret);
    return plugin.testConnection(integration, deps, signal);
  };
  const check = (secret?: string) => {
    const { integration, deps } = connection(secret);
    return plugin.checkHealth(integration, deps, signal);
  };
  const ci = (): CiConnector => {
    const { integration, deps } = connection();
    return plugin.open(integration, deps).ci!;
  };
  const runs = (query: Partial<RunsQuery>) => ci().listRuns({ ...ANY, pipeline: MAIN, ...query }, signal);
  const everyPipeline = async (limit: number) => {
    const found: DiscoveredPipeline[] = [];
    let cursor: string | null = null;
    do {
      const page: Page<DiscoveredPipeline> = await ci().listPipelines({ limit, cursor, q: null }, signal);
      found.push(...page.items);
      cursor = page.nextCursor;
    } while (cursor !== null);
    return found;
  };
  const itemAt = (path: string): FakeItem =>
    path
      .split('/')
      .reduce<FakeItem>((at, name) => at.jobs!.find(({ fullName }) => fullName.split('/').at(-1) === name)!, {
        jobs: jenkins.jobs,
      } as FakeItem);

  beforeAll(() => {
    egress = loopbackEgress();
  });
  beforeEach(async () => {
    jenkins = await FakeJenkins.start();
  });
  afterEach(() => jenkins.close());
  afterAll(() => egress.close());

  describe('a probe', () => {
    it('reports version and user, and excess permissions', async () => {
      jenkins.granted.push('hudson.model.Hudson.SystemRead');
      expect(await test()).toMatchObject({
        ...{ status: 'healthy', code: 'ok', principal: { id: USER, kind: 'user' }, warnings: [] },
        server: { product: 'Jenkins', version: '2.479.3' },
        permissions: { granted: ['Overall/Read', 'Job/Read', 'Overall/SystemRead'], excess: ['Overall/SystemRead'] },
      });
    });

    it('names the missing permission', async () => {
      jenkins.granted = [];
      expect(await test()).toMatchObject({
        ...{ status: 'unhealthy', code: 'scope_insufficient' },
        message: expect.stringContaining('Overall/Read is missing'),
        permissions: { missing: ['Overall/Read', 'Job/Read'] },
      });
    });

    it('cannot tell a Jenkins without jobs from one that shows none, and warns', async () => {
      jenkins.jobs = [];
      expect(await test()).toMatchObject({ code: 'ok', warnings: [expect.stringContaining('Job/Read')] });
    });

    it('rejects an anonymous session', async () => {
      jenkins.principal = null;
      expect(await test()).toMatchObject({ code: 'anonymous_only' });
    });

    it('reports that Jenkins is starting', async () => {
      jenkins.starting = true;
      const verdict = { code: 'server_degraded', message: expect.stringContaining('is starting') };
      expect(await test()).toMatchObject(verdict);
      expect(await check()).toMatchObject(verdict);
    });

    it('is degraded while Jenkins prepares to shut down, because jobs can still be read', async () => {
      jenkins.quietingDown = true;
      const verdict = { status: 'degraded', code: 'server_degraded' };
      expect(await test()).toMatchObject(verdict);
      expect(await check()).toMatchObject(verdict);
    });

    it('sends a wrong token once, and makes one request in a health check', async () => {
      expect(await check('wrong')).toMatchObject({ code: 'credential_invalid' });
      expect(jenkins.requests).toHaveLength(1);
      await check();
      expect(jenkins.requests).toHaveLength(2);
    });
  });

  describe('pipelines', () => {
    it('are the jobs in all folders, with decoded names of branches', async () => {
      expect(await everyPipeline(100)).toEqual([
        expect.objectContaining({ id: 'backup', enabled: false, url: `${jenkins.url}/job/backup/` }),
        expect.objectContaining({ id: 'shop/main', name: 'shop/main', enabled: true }),
        expect.objectContaining({ id: 'shop/feature%2Fcart', name: 'shop/feature/cart' }),
        expect.objectContaining({ id: 'nightly', repository: null }),
      ]);
    });

    it.each([1, 100])('are listed once each in deep and wide folders, %d at a time', async (limit) => {
      const many = (folder: string, count: number) =>
        Array.from({ length: count }, (_, n) => jenkins.job(`${folder}${n}`));
      const wide = jenkins.folder('a/b/wide', many('a/b/wide/', 70));
      const inside = [...many('a/b/', 25), wide, jenkins.folder('a/b/c', many('a/b/c/', 3))];
      jenkins.jobs = [
        ...[...many('x', 30), jenkins.folder('empty', [])],
        ...[jenkins.folder('a', [jenkins.folder('a/b', inside), jenkins.job('a/z')]), ...many('y', 3)],
      ];
      const ids = (await everyPipeline(limit)).map(({ id }) => id);
      expect(ids).toHaveLength(30 + 25 + 70 + 3 + 1 + 3);
      expect(new Set(ids).size).toBe(ids.length);
      expect(ids.slice(-5)).toEqual(['a/b/c/2', 'a/z', 'y0', 'y1', 'y2']);
    });

    it('take at most five requests per page', async () => {
      const deep = (name: string, depth: number): FakeItem =>
        depth === 0 ? jenkins.job(name) : jenkins.folder(name, [deep(`${name}/d`, depth - 1)]);
      jenkins.jobs = [deep('d', 15)];
      const { items, nextCursor } = await ci().listPipelines({ limit: 100, cursor: null, q: null }, signal);
      expect({ items, isLast: nextCursor === null }).toEqual({ items: [], isLast: false });
      expect(jenkins.requests).toHaveLength(5);
      expect(await everyPipeline(100)).toHaveLength(1);
    });
  });

  describe('runs', () => {
    it('have branch, commit and times', async () => {
      expect((await runs({ limit: 1 })).items).toEqual([
        {
          ...{ id: '3', pipelineId: MAIN, name: '#3', status: 'completed', conclusion: 'success' },
          ...{ branch: 'main', commit: COMMIT, url: `${jenkins.url}/job/shop/job/main/3/` },
          ...{ createdAt: '2026-01-05T10:03:00.000Z', startedAt: '2026-01-05T10:03:00.000Z' },
          finishedAt: '2026-01-05T10:04:01.500Z',
        },
      ]);
    });

    it.each([
      ['UNSTABLE', 'partial'],
      ['FAILURE', 'failure'],
      ['NOT_BUILT', 'skipped'],
      ['ABORTED', 'cancelled'],
      ['EXPLODED', null],
      [null, null],
    ])('that ended as %s are %s', async (result, conclusion) => {
      itemAt('shop/main').allBuilds!.unshift(build('http://jenkins', 4, { result }));
      expect((await runs({ limit: 1 })).items).toMatchObject([{ status: 'completed', conclusion }]);
    });

    it('in progress have no end, whatever their result so far, and may have a custom name', async () => {
      const changes = { building: true, result: 'FAILURE', displayName: '1.4.0', duration: 0, url: 'javascript:1' };
      itemAt('shop/main').allBuilds!.unshift(build('http://jenkins', 4, changes));
      expect((await runs({ limit: 1 })).items).toMatchObject([
        { name: '1.4.0', status: 'running', conclusion: null, finishedAt: null, url: null },
      ]);
    });

    it('of a commit are found also if they checked out other commits', async () => {
      const library = checkout('b'.repeat(40), 'origin/stable');
      const actions = [library, checkout('a'.repeat(40), 'detached')];
      itemAt('shop/main').allBuilds!.unshift(build('http://jenkins', 4, { actions }));
      expect((await runs({ limit: 1 })).items).toMatchObject([{ commit: 'b'.repeat(40), branch: 'stable' }]);
      expect((await runs({ commit: 'a'.repeat(40) })).items).toMatchObject([{ id: '4', branch: null }]);
    });

    it('are listed once each although new ones start in the meantime', async () => {
      const first = await runs({ limit: 2 });
      itemAt('shop/main').allBuilds!.unshift(build('http://jenkins', 4));
      const rest = await runs({ limit: 2, cursor: first.nextCursor });
      expect([...first.items, ...rest.items].map(({ id }) => id)).toEqual(['3', '2', '1']);
    });

    it('of a commit are listed once each although new ones of it start in the meantime', async () => {
      const of = (number: number) =>
        build('http://jenkins', number, { actions: [checkout('a'.repeat(40), 'origin/main')] });
      itemAt('shop/main').allBuilds!.splice(0, Infinity, ...[6, 5, 4, 3].map(of));
      const found: string[] = [];
      let cursor: string | null = null;
      for (let number = 7; ; number++) {
        const page: Page<PipelineRun> = await runs({ commit: 'a'.repeat(40), limit: 2, cursor });
        found.push(...page.items.map(({ id }) => id));
        cursor = page.nextCursor;
        if (cursor === null) break;
        itemAt('shop/main').allBuilds!.unshift(of(number));
      }
      expect(found).toEqual(['6', '5', '4', '3']);
    });

    it.each([
      ['repository', { repository: 'acme/shop' }],
      ['pipeline', { pipeline: null }],
      ['pipeline', { pipeline: 'shop/../..' }],
    ])('name %s in the error if Jenkins has no such list', async (field, query) => {
      const refusal = { code: 'invalid_request', message: expect.stringContaining(field) };
      await expect(runs(query)).rejects.toMatchObject(refusal);
      expect(jenkins.requests).toEqual([]);
    });

    it('do not exist for a folder', async () => {
      await expect(runs({ pipeline: 'shop' })).rejects.toMatchObject({ code: 'not_found_or_no_access' });
    });
  });
});
