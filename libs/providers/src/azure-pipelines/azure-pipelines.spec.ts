import type { DiscoveredPipeline, Page, PipelineRun } from '@integrations/contracts';
import type { EgressClient, RunsQuery } from '@integrations/provider-kit';
import { PROJECT, REPOSITORY } from '../../../../test/support/fake-azure-devops/connection';
import type { FakeAzureDevOps } from '../../../../test/support/fake-azure-devops/index';
import { loopbackEgress } from '../../../../test/support/fake-vendor/connection';
import { connect, FIRST_SHA, PIPELINE, SECOND_SHA, startAcme } from './__fixtures__/acme';
import { createAzurePipelinesPlugin } from './plugin';
import { repositoryName } from './repository-name';

const { signal } = new AbortController();
const ANY: RunsQuery = { limit: 10, cursor: null, pipeline: null, repository: null, commit: null };

describe('Azure Pipelines', () => {
  const plugin = createAzurePipelinesPlugin();
  let azure: FakeAzureDevOps;
  let egress: EgressClient;

  beforeAll(async () => {
    egress = loopbackEgress();
    azure = await startAcme();
  });
  afterEach(() => {
    expect(azure.violations).toEqual([]);
    azure.reset();
  });
  afterAll(async () => {
    await egress.close();
    await azure.stop();
  });

  const open = () => {
    const { integration, deps } = connect(azure, egress);
    return plugin.open(integration, deps).ci!;
  };
  const runs = async (query: Partial<RunsQuery>) => open().listRuns({ ...ANY, ...query }, signal);
  const test = () => {
    const { integration, deps } = connect(azure, egress);
    return plugin.testConnection(integration, deps, signal);
  };
  const newest = () => azure.world.project(PROJECT).definitions[0]!.builds.at(-1)!;
  const asked = () => azure.requests.map(({ method, path }) => `${method} ${decodeURIComponent(path)}`);

  it('lists the pipelines of all projects, with their folders and the repository that they build', async () => {
    const { items, nextCursor } = await open().listPipelines({ limit: 10, cursor: null, q: null }, signal);

    expect(items.map(({ id, name, repository, enabled }) => [id, name, repository, enabled])).toEqual([
      [PIPELINE, 'Web Shop/nightly/CI', 'Web Shop/shop', true],
      ['Web Shop/13', 'Web Shop/Web', 'acme/web', true],
      ['Docs/14', 'Docs/Site', 'Docs/shop', false],
    ]);
    expect(items[0]!.url).toBe(`${azure.url}/Web%20Shop/_build/definition?definitionId=12`);
    expect(nextCursor).toBeNull();
    expect(asked()).toEqual([
      'GET /_apis/projects',
      'GET /Web Shop/_apis/build/definitions',
      'GET /Docs/_apis/build/definitions',
    ]);
    expect(azure.requests[0]!.headers['x-tfs-fedauthredirect']).toBe('Suppress');
  });

  it('skips projects whose builds the account may not see, unless that is all of them', async () => {
    const pipelines = () => open().listPipelines({ limit: 10, cursor: null, q: null }, signal);
    azure.world.project(PROJECT).buildPermissions = 0;
    expect((await pipelines()).items.map(({ name }) => name)).toEqual(['Docs/Site']);

    azure.world.project('Docs').buildPermissions = 0;
    await expect(pipelines()).rejects.toMatchObject({ code: 'permission_missing', httpStatus: 403 });
  });

  it('rejects a list if the account may see builds in no project, however many there are', async () => {
    const { projects } = azure.world;
    azure.world.project('Docs').buildPermissions = azure.world.project(PROJECT).buildPermissions = 0;
    const more = Array.from({ length: 9 }, (_, index) => ({
      ...projects[0]!,
      id: `more-${index}`,
      name: `More ${index}`,
    }));
    projects.push(...more);
    const pipelines = open().listPipelines({ limit: 10, cursor: null, q: null }, signal);
    await expect(pipelines).rejects.toMatchObject({ code: 'permission_missing', httpStatus: 403 });
  });

  it('continues after the name of a pipeline, whatever characters it contains', async () => {
    const [first] = azure.world.project(PROJECT).definitions;
    const many = Array.from({ length: 101 }, (_, index) => {
      return { ...first!, id: 1_000 + index, name: `Shop (nightly) & 'CI' #${100 + index}, v1%` };
    });
    azure.world.project(PROJECT).definitions.splice(0, Infinity, ...many);

    const names: string[] = [];
    let cursor: string | null = null;
    do {
      const page: Page<DiscoveredPipeline> = await open().listPipelines({ limit: 60, cursor, q: 'shop (' }, signal);
      names.push(...page.items.map(({ name }) => name));
      cursor = page.nextCursor;
    } while (cursor !== null);
    expect(names).toEqual(many.map(({ name }) => `Web Shop/nightly/${name}`));
  });

  it.each([
    ['https://dev.azure.com/acme/Other/_git/app', 'Other/app'],
    ['https://dev.azure.com/acme/Web%20Shop/_git/app', 'Web Shop/app'],
    ['https://dev.azure.com/acme/_git/app', 'app/app'],
    ['https://elsewhere.example/acme/Other/_git/app', 'Shop/app'],
    ['', 'Shop/app'],
  ])('reads the project of a repository from %s', (url, name) => {
    expect(repositoryName({ type: 'TfsGit', name: 'app', url }, 'Shop', 'https://dev.azure.com/acme')).toBe(name);
  });

  it('returns a run with the fields of its build', async () => {
    const [run] = (await runs({ pipeline: PIPELINE })).items;

    expect(run).toEqual<PipelineRun>({
      ...{ id: String(newest().id), pipelineId: PIPELINE, name: '#20261126.3' },
      ...{ status: 'completed', conclusion: 'success', branch: 'main', commit: SECOND_SHA },
      createdAt: '2026-11-26T07:04:00.123Z',
      startedAt: '2026-11-26T07:05:00.123Z',
      finishedAt: '2026-11-26T07:06:00.123Z',
      url: `${azure.url}/Web%20Shop/_build/results?buildId=${newest().id}`,
    });
  });

  it('lists the runs of a repository, of a pipeline, and of a commit in either', async () => {
    const repository = `${PROJECT}/${REPOSITORY}`;
    expect((await runs({ repository })).items).toHaveLength(3);
    expect((await runs({ repository, pipeline: 'Web Shop/13' })).items).toEqual([]);
    expect((await runs({ repository, commit: FIRST_SHA })).items).toHaveLength(2);
    expect((await runs({ pipeline: 'Web Shop/13' })).items).toMatchObject([{ branch: null, commit: FIRST_SHA }]);
  });

  it('searches large pages for a commit, and at most five of them per page', async () => {
    await runs({ pipeline: PIPELINE, commit: FIRST_SHA, limit: 1 });
    expect(azure.requests.map(({ query }) => query['$top'])).toEqual(['200']);

    azure.requests.length = 0;
    const body = JSON.stringify({ count: 1, value: [{ id: 1, sourceVersion: SECOND_SHA }] });
    const reply = { status: 200, body, headers: { 'content-type': 'application/json', 'x-ms-continuationtoken': '0' } };
    azure.inject({ when: () => true, times: 9, processed: false, reply });
    const { items, nextCursor } = await runs({ pipeline: PIPELINE, commit: FIRST_SHA });
    expect({ items, goesOn: nextCursor !== null, calls: azure.requests.length }).toEqual({
      ...{ items: [], goesOn: true, calls: 5 },
    });
  });

  it.each<[string, Partial<RunsQuery>, RegExp]>([
    ['a query without repository and pipeline', { commit: FIRST_SHA }, /a repository or a pipeline/],
    ['a pipeline without its project', { pipeline: '12' }, /pipeline must be/],
    ['a pipeline that leads elsewhere', { pipeline: '../12' }, /pipeline must be/],
    ['a repository without its project', { repository: 'shop' }, /repository must be/],
  ])('refuses %s, and sends nothing', async (_, query, message) => {
    await expect(runs(query)).rejects.toMatchObject({
      code: 'invalid_request',
      message: expect.stringMatching(message) as string,
    });
    expect(azure.requests).toEqual([]);
  });

  it.each<[string, string | undefined, PipelineRun['status'], PipelineRun['conclusion']]>([
    ['none', undefined, 'queued', null],
    ['notStarted', undefined, 'queued', null],
    ['postponed', undefined, 'waiting', null],
    ['inProgress', undefined, 'running', null],
    ['cancelling', undefined, 'running', null],
    ['completed', 'succeeded', 'completed', 'success'],
    ['completed', 'partiallySucceeded', 'completed', 'partial'],
    ['completed', 'failed', 'completed', 'failure'],
    ['completed', 'canceled', 'completed', 'cancelled'],
    ['completed', 'none', 'completed', null],
    ['ofAnotherYear', undefined, 'queued', null],
  ])('maps status %s with result %s to status %s with conclusion %s', async (status, result, ours, conclusion) => {
    Object.assign(newest(), { status, result });

    expect((await runs({ pipeline: PIPELINE })).items[0]).toMatchObject({ status: ours, conclusion });
  });

  it("tests the account's permissions, and the scopes of its token", async () => {
    expect(await test()).toMatchObject({
      code: 'ok',
      capabilities: ['pipelines', 'runs'],
      permissions: { missing: [] },
    });

    azure.world.project('Docs').buildPermissions = 0;
    const warning = expect.stringContaining('In 1 of the first 2 projects') as string;
    expect(await test()).toMatchObject({ status: 'healthy', warnings: [warning, {}] });

    azure.token.scopes = ['vso.project'];
    expect(await test()).toMatchObject({ status: 'unhealthy', code: 'scope_insufficient' });
    azure.world.project(PROJECT).buildPermissions = 0;
    expect(await test()).toMatchObject({
      ...{ status: 'unhealthy', code: 'scope_insufficient', capabilities: [] },
      permissions: { missing: ['ViewBuilds', 'ViewBuildDefinition'] },
    });
  });
});
