import type { PipelineRun } from '@integrations/contracts';
import type { EgressClient, RunsQuery } from '@integrations/provider-kit';
import { PROJECT, TOKEN } from '../../../../test/support/fake-gitlab/connection';
import type { FakeGitLab, FakeGitLabOptions } from '../../../../test/support/fake-gitlab/index';
import { loopbackEgress } from '../../../../test/support/fake-vendor/connection';
import { connect, FIRST_SHA, SECOND_SHA, startAcme } from './__fixtures__/acme';
import { createGitLabCiPlugin } from './plugin';

const { signal } = new AbortController();
const ANY: RunsQuery = { limit: 10, cursor: null, pipeline: null, repository: null, commit: null };

describe('GitLab CI/CD', () => {
  const plugin = createGitLabCiPlugin();
  let gitlab: FakeGitLab;
  let egress: EgressClient;

  const at = async (options: Partial<FakeGitLabOptions> = {}) => (gitlab = await startAcme(options));
  const open = () => {
    const { integration, deps } = connect(gitlab, egress);
    return plugin.open(integration, deps).ci!;
  };
  const runs = async (query: Partial<RunsQuery>) => open().listRuns({ ...ANY, ...query }, signal);
  const test = () => {
    const { integration, deps } = connect(gitlab, egress);
    return plugin.testConnection(integration, deps, signal);
  };

  beforeAll(() => (egress = loopbackEgress()));
  beforeEach(() => at());
  afterEach(async () => {
    await gitlab.stop();
    expect(gitlab.violations).toEqual([]);
  });
  afterAll(() => egress.close());

  it('lists one pipeline per project, and which of them are disabled', async () => {
    gitlab.world.project('acme/docs').archived = true;
    const { items, nextCursor } = await open().listPipelines({ limit: 10, cursor: null, q: null }, signal);

    expect(items.map(({ id, name, enabled }) => [id, name, enabled])).toEqual([
      ['1', PROJECT, true],
      ['2', 'acme/wiki', false],
      ['3', 'acme/docs', false],
    ]);
    expect(items[0]).toMatchObject({ url: `${gitlab.url}/${PROJECT}/-/pipelines`, repository: PROJECT });
    expect(nextCursor).toBeNull();
    expect(gitlab.requests[0]!.headers['authorization']).toBe(`Bearer ${TOKEN}`);
  });

  it("returns the fields of a run in GitLab's list", async () => {
    const [newest, , oldest] = (await runs({ repository: PROJECT })).items;

    expect(oldest).toEqual<PipelineRun>({
      ...{ id: expect.any(String) as string, pipelineId: '1', name: `#${oldest!.id}` },
      ...{ status: 'completed', conclusion: 'failure', branch: 'main', commit: FIRST_SHA },
      ...{ createdAt: '2026-11-26T07:01:00.000Z', startedAt: null, finishedAt: null },
      url: `${gitlab.url}/${PROJECT}/-/pipelines/${oldest!.id}`,
    });
    expect(newest).toMatchObject({ status: 'running', conclusion: null, branch: null, commit: SECOND_SHA });
  });

  it("finds the runs of a commit, by the project's number or path", async () => {
    expect((await runs({ pipeline: '1', commit: FIRST_SHA })).items).toHaveLength(2);
    expect((await runs({ repository: PROJECT, commit: SECOND_SHA })).items).toHaveLength(1);
    expect((await runs({ pipeline: '3' })).items).toEqual([]);
  });

  it('finds a project by its number if a proxy accepts no slashes in a path', async () => {
    await gitlab.stop();
    await at({ slashes: 'refuse', basePath: '/gitlab' });

    expect((await runs({ repository: PROJECT })).items).toHaveLength(3);
  });

  it.each<[string, Partial<RunsQuery>, RegExp]>([
    ['a query without repository and pipeline', { commit: FIRST_SHA }, /a repository or a pipeline/],
    ['a query with both', { pipeline: '1', repository: PROJECT }, /give only one of them/],
    ['a malformed repository', { repository: 'shop' }, /repository must be/],
    ['a repository that leads elsewhere', { repository: 'acme/../../version' }, /repository must be/],
    ['a malformed pipeline', { pipeline: PROJECT }, /pipeline must be/],
  ])('refuses %s, and sends nothing', async (_, query, message) => {
    await expect(runs(query)).rejects.toMatchObject({
      code: 'invalid_request',
      message: expect.stringMatching(message) as string,
    });
    expect(gitlab.requests).toEqual([]);
  });

  it('suggests causes for a plain 403', async () => {
    await expect(runs({ repository: 'acme/wiki' })).rejects.toMatchObject({
      code: 'permission_missing',
      message: expect.stringContaining('CI/CD is disabled') as string,
    });
    const body = JSON.stringify({ message: '403 Forbidden - Your account has been blocked.' });
    gitlab.inject({ when: () => true, processed: false, reply: { status: 403, body } });
    const blocked = await runs({ repository: PROJECT }).catch((thrown: Error) => thrown);
    expect((blocked as Error).message).not.toContain('disabled');
    gitlab.token(TOKEN).scopes = ['read_registry'];
    const error = await runs({ repository: PROJECT }).catch((thrown: Error) => thrown);
    expect(error).toMatchObject({ code: 'permission_missing', message: expect.stringContaining('read_api') as string });
    expect((error as Error).message).not.toContain('disabled');
  });

  it.each<[string, PipelineRun['status'], PipelineRun['conclusion']]>([
    ['created', 'queued', null],
    ['waiting_for_resource', 'queued', null],
    ['preparing', 'queued', null],
    ['pending', 'queued', null],
    ['scheduled', 'queued', null],
    ['manual', 'waiting', null],
    ['running', 'running', null],
    ['waiting_for_callback', 'running', null],
    ['canceling', 'running', null],
    ['success', 'completed', 'success'],
    ['failed', 'completed', 'failure'],
    ['canceled', 'completed', 'cancelled'],
    ['skipped', 'completed', 'skipped'],
    ['of_another_year', 'queued', null],
  ])('maps %s to status %s with conclusion %s', async (word, status, conclusion) => {
    gitlab.world.project(PROJECT).pipelines.at(-1)!.status = word;

    expect((await runs({ repository: PROJECT })).items[0]).toMatchObject({ status, conclusion });
  });

  it("tests the scope for reading, and the user's role", async () => {
    expect(await test()).toMatchObject({ code: 'ok', permissions: { missing: [], excess: [] }, warnings: [] });

    gitlab.token(TOKEN).scopes = ['api'];
    for (const project of gitlab.world.projects) project.accessLevel = 10;
    expect(await test()).toMatchObject({
      ...{ code: 'ok', capabilities: ['pipelines', 'runs'], permissions: { excess: ['api'] } },
      warnings: [expect.stringContaining('Reporter in no project')],
    });

    gitlab.token(TOKEN).scopes = ['read_user'];
    expect(await test()).toMatchObject({ code: 'scope_insufficient', capabilities: [] });
  });
});
