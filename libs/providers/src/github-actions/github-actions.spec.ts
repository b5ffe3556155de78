import type { PipelineRun } from '@integrations/contracts';
import type { EgressClient, RunsQuery } from '@integrations/provider-kit';
import { INSTALLATION_ID } from '../../../../test/support/fake-github/connection';
import type { FakeGitHub } from '../../../../test/support/fake-github/index';
import { loopbackEgress } from '../../../../test/support/fake-vendor/connection';
import { connect, FIRST_SHA, SECOND_SHA, SHOP, startAcme } from './__fixtures__/acme';
import { createGitHubActionsPlugin } from './plugin';

const { signal } = new AbortController();
const ANY: RunsQuery = { limit: 10, cursor: null, pipeline: null, repository: null, commit: null };
const SETTLED = 10_000;

describe('GitHub Actions', () => {
  const plugin = createGitHubActionsPlugin();
  let github: FakeGitHub;
  let egress: EgressClient;

  beforeAll(async () => {
    egress = loopbackEgress();
    github = await startAcme();
  });
  afterEach(() => {
    expect(github.violations).toEqual([]);
    github.reset();
  });
  afterAll(async () => {
    await egress.close();
    await github.stop();
  });

  const open = (connection = connect(github, egress)) => plugin.open(connection.integration, connection.deps).ci!;
  const runs = async (query: Partial<RunsQuery>) => open().listRuns({ ...ANY, ...query }, signal);
  const pipelines = (q: string | null = null) => open().listPipelines({ limit: 10, cursor: null, q }, signal);
  const only = () => [...github.world.repository('acme', 'shop').repository.workflows[0]!.runs][1]!;
  const asked = () => github.requests.map(({ method, path }) => `${method} ${path}`);

  it('lists the workflows of all repositories, and which of them are disabled', async () => {
    expect(await pipelines()).toEqual({
      items: [
        expect.objectContaining({ name: 'acme/shop/CI', repository: SHOP, enabled: true }),
        expect.objectContaining({ name: 'acme/shop/Release', repository: SHOP, enabled: true }),
        expect.objectContaining({ name: 'acme/docs/Pages', repository: 'acme/docs', enabled: false }),
      ],
      nextCursor: null,
    });
    expect((await pipelines('shop/re')).items.map(({ name }) => name)).toEqual(['acme/shop/Release']);
  });

  it('lists the repositories once per page, with tokens of minimal permissions', async () => {
    await pipelines();

    expect(asked()).toEqual([
      'POST /app/installations/42/access_tokens',
      'GET /installation/repositories',
      'POST /app/installations/42/access_tokens',
      'GET /repos/acme/shop/actions/workflows',
      'GET /repos/acme/empty/actions/workflows',
      'GET /repos/acme/docs/actions/workflows',
    ]);
    const bodies = github.requests.filter(({ method }) => method === 'POST').map(({ body }) => body);
    expect(bodies).toEqual([{ permissions: { metadata: 'read' } }, { permissions: { actions: 'read' } }]);
  });

  it('skips a repository deleted since it was listed, once its token is old enough to be known everywhere', async () => {
    const connection = connect(github, egress);
    const list = () => open(connection).listPipelines({ limit: 10, cursor: null, q: null }, signal);
    const gone = { when: ({ path }: { path: string }) => path.includes('/acme/shop/'), processed: false } as const;
    github.inject({ ...gone, reply: { status: 404 } });
    await expect(list()).rejects.toMatchObject({ code: 'not_found_or_no_access', transient: true });

    connection.advance(SETTLED);
    github.inject({ ...gone, reply: { status: 404 } });
    expect((await list()).items.map(({ name }) => name)).toEqual(['acme/docs/Pages']);
  });

  it('skips a repository that GitHub has blocked, but fails for any other 403', async () => {
    const refuse = (message: string) => {
      const reply = { status: 403, body: JSON.stringify({ message }) };
      github.inject({ when: ({ path }) => path.includes('/acme/shop/'), processed: false, reply });
    };
    refuse('Repository access blocked');
    expect((await pipelines()).items.map(({ name }) => name)).toEqual(['acme/docs/Pages']);

    refuse('Although you appear to have the correct authorization credentials, the IP allow list does not permit it');
    await expect(pipelines()).rejects.toMatchObject({ code: 'permission_missing' });
  });

  it('returns the fields of a run', async () => {
    const [newest] = (await runs({ repository: SHOP })).items;
    const ci = (await pipelines('shop/ci')).items[0]!;

    expect(newest).toEqual<PipelineRun>({
      ...{ id: String(only().id), pipelineId: ci.id, name: 'CI #2', status: 'completed', conclusion: 'success' },
      ...{ branch: 'main', commit: SECOND_SHA, url: expect.stringContaining('/acme/shop/actions/runs/') as string },
      createdAt: '2026-11-26T07:03:00.000Z',
      startedAt: '2026-11-26T07:03:05.000Z',
      finishedAt: '2026-11-26T07:04:05.000Z',
    });
  });

  it('lists the runs of a workflow by its pipeline id, and of one commit on request', async () => {
    const [ci, release] = (await pipelines()).items;

    expect((await runs({ pipeline: ci!.id })).items.map(({ name }) => name)).toEqual(['CI #2', 'CI #1']);
    expect((await runs({ pipeline: ci!.id, commit: FIRST_SHA })).items.map(({ name }) => name)).toEqual(['CI #1']);
    expect((await runs({ pipeline: release!.id, repository: 'ACME/Shop' })).items).toHaveLength(1);
  });

  it.each<[string, Partial<RunsQuery>, RegExp]>([
    ['a query without repository and pipeline', {}, /a repository or a pipeline/],
    ['a commit alone', { commit: FIRST_SHA }, /a repository or a pipeline/],
    ['a repository without owner', { repository: 'shop' }, /^GitHub Actions: repository/],
    ['a repository that leads elsewhere', { repository: 'acme/..' }, /^GitHub Actions: repository/],
    ['a pipeline without repository', { pipeline: '161335' }, /^GitHub Actions: pipeline/],
    ['a pipeline of another repository', { pipeline: 'acme/shop:1', repository: 'acme/docs' }, /different repository/],
  ])('refuses %s, and sends nothing', async (_, query, message) => {
    await expect(runs(query)).rejects.toMatchObject({
      code: 'invalid_request',
      message: expect.stringMatching(message) as string,
    });
    expect(asked()).toEqual([]);
  });

  it('tells a missing permission from a hidden repository', async () => {
    await expect(runs({ repository: 'other/private' })).rejects.toMatchObject({ code: 'not_found_or_no_access' });
    github.world.installations.get(INSTALLATION_ID)!.permissions = { metadata: 'read' };
    await expect(runs({ repository: SHOP })).rejects.toMatchObject({
      code: 'permission_missing',
      message: expect.stringContaining('actions:read') as string,
    });
  });

  it.each<[string, string | null, PipelineRun['status'], PipelineRun['conclusion']]>([
    ['requested', null, 'queued', null],
    ['queued', null, 'queued', null],
    ['pending', null, 'queued', null],
    ['waiting', null, 'waiting', null],
    ['in_progress', null, 'running', null],
    ['completed', 'action_required', 'waiting', null],
    ['completed', 'failure', 'completed', 'failure'],
    ['completed', 'startup_failure', 'completed', 'failure'],
    ['completed', 'neutral', 'completed', 'neutral'],
    ['completed', 'cancelled', 'completed', 'cancelled'],
    ['completed', 'skipped', 'completed', 'skipped'],
    ['completed', 'timed_out', 'completed', 'timed_out'],
    ['completed', 'stale', 'completed', 'timed_out'],
    ['completed', 'of_another_year', 'completed', null],
    ['of_another_year', null, 'queued', null],
  ])('maps status %s with conclusion %s to status %s with conclusion %s', async (status, conclusion, ours, end) => {
    Object.assign(only(), { status, conclusion });

    const [run] = (await runs({ repository: SHOP })).items;
    expect(run).toMatchObject({ status: ours, conclusion: end });
    expect(run!.finishedAt === null).toBe(ours !== 'completed');
  });

  it("tests the app's permissions, of which only reading is required", async () => {
    const verdict = async () => {
      const { integration, deps } = connect(github, egress);
      return plugin.testConnection(integration, deps, signal);
    };
    const installation = github.world.installations.get(INSTALLATION_ID)!;
    expect(await verdict()).toMatchObject({
      code: 'ok',
      permissions: { missing: [], excess: [] },
      capabilities: ['pipelines', 'runs'],
    });

    installation.permissions = { actions: 'write', contents: 'read', metadata: 'read' };
    expect(await verdict()).toMatchObject({
      code: 'ok',
      permissions: { missing: [], excess: ['actions:write', 'contents:read'] },
    });

    installation.permissions = { metadata: 'read' };
    expect(await verdict()).toMatchObject({
      ...{ status: 'unhealthy', code: 'scope_insufficient', capabilities: [] },
      permissions: { missing: ['actions:read'] },
    });
  });
});
