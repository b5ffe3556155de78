import type { EgressClient, RunsQuery } from '@integrations/provider-kit';
import { connectTo, loopbackEgress } from '../../../../test/support/fake-vendor/connection';
import { FakeArgo, object, TOKEN } from './__fixtures__/fake-argo';
import { ArgoWorkflowsConfig } from './config';
import { createArgoWorkflowsPlugin } from './plugin';

const plugin = createArgoWorkflowsPlugin();
const { signal } = new AbortController();
const ALL = { limit: 100, cursor: null, pipeline: null, repository: null, commit: null };
const TEMPLATE = 'workflows.argoproj.io/workflow-template';
const CRON = 'workflows.argoproj.io/cron-workflow';

describe('argo_workflows', () => {
  let argo: FakeArgo;
  let egress: EgressClient;

  const connection = (secret = TOKEN, fields: Partial<ArgoWorkflowsConfig> = {}) =>
    connectTo(egress, { endpoint: argo.url, config: Object.assign(new ArgoWorkflowsConfig(), fields), secret });
  const test = (secret?: string) => {
    const { integration, deps } = connection(secret);
    return plugin.testConnection(integration, deps, signal);
  };
  const open = (fields?: Partial<ArgoWorkflowsConfig>) => {
    const { integration, deps } = connection(TOKEN, fields);
    return plugin.open(integration, deps).ci!;
  };
  const runs = (query: Partial<RunsQuery> = {}, fields?: Partial<ArgoWorkflowsConfig>) =>
    open(fields).listRuns({ ...ALL, ...query }, signal);

  beforeAll(async () => {
    egress = loopbackEgress();
    argo = await FakeArgo.start();
  });
  beforeEach(() => {
    argo.reset();
    argo.requests.length = 0;
  });
  afterEach(() => expect(argo.violations).toEqual([]));
  afterAll(() => Promise.all([egress.close(), argo.close()]));

  it('reports version, account and permissions', async () => {
    expect(await test(`Bearer ${TOKEN}\n`)).toMatchObject({
      ...{ status: 'healthy', code: 'ok', warnings: [], capabilities: ['pipelines', 'runs'] },
      principal: { id: 'system:serviceaccount:ci:reader', kind: 'service_account' },
      server: { product: 'Argo Workflows', version: 'v3.7.2' },
      permissions: { granted: ['list workflowtemplates', 'list cronworkflows', 'list workflows'], how: 'observed' },
    });
  });

  it('reports each list that it may not read as missing', async () => {
    argo.state.denied = ['cron-workflows'];
    expect(await test()).toMatchObject({
      ...{ status: 'degraded', code: 'scope_insufficient', capabilities: ['runs'] },
      permissions: { missing: ['list cronworkflows'] },
    });
  });

  it('warns of a server that lets everyone in', async () => {
    argo.state.isOpen = true;
    expect(await test()).toMatchObject({ code: 'ok', warnings: [expect.stringContaining('--auth-mode=server')] });
  });

  it('does not accept a token only because the server tells it its version', async () => {
    const { integration, deps } = connection('wrong');
    expect(await plugin.testConnection(integration, deps, signal)).toMatchObject({ code: 'credential_invalid' });
    expect(await plugin.checkHealth(integration, deps, signal)).toMatchObject({ code: 'credential_invalid' });
    const expired = `e30.${Buffer.from(JSON.stringify({ exp: 1_700_000_000 })).toString('base64url')}.signature`;
    expect(await test(expired)).toMatchObject({ code: 'credential_expired' });
  });

  it('lists templates and cron workflows, each with its web page', async () => {
    argo.state.lists['workflow-templates'] = [object('build'), object('nightly')];
    argo.state.lists['cron-workflows'] = [
      object('hourly', { status: { phase: 'Active' } }),
      object('nightly', { spec: { suspend: true } }),
      // Stopped by its own stopStrategy.
      object('once', { status: { phase: 'Stopped' }, labels: { 'cronworkflows.argoproj.io/completed': 'true' } }),
    ];
    const { items } = await open().listPipelines({ limit: 100, cursor: null, q: null }, signal);
    expect(items).toEqual([
      expect.objectContaining({ id: 'template/ci/build', name: 'ci/build', enabled: true }),
      expect.objectContaining({ id: 'template/ci/nightly', url: `${argo.url}/workflow-templates/ci/nightly` }),
      expect.objectContaining({ id: 'cron/ci/hourly', enabled: true }),
      expect.objectContaining({ id: 'cron/ci/nightly', url: `${argo.url}/cron-workflows/ci/nightly`, enabled: false }),
      expect.objectContaining({ id: 'cron/ci/once', enabled: false }),
    ]);
  });

  it('requests only the fields that it uses, and the position of the next page', async () => {
    argo.state.lists['workflows'] = [1, 2].map((n) => object(`one-${n}`, { status: { nodes: { huge: true } } }));
    expect((await runs({ limit: 1 })).nextCursor).not.toBeNull();
    expect(argo.requests[0]!.query['fields']).not.toContain('nodes');
  });

  it.each([
    ['new', {}, {}, 'queued', null],
    ['pending', { phase: 'Pending' }, {}, 'queued', null],
    ['running', { phase: 'Running', finishedAt: null }, {}, 'running', null],
    ['suspended', { phase: 'Running' }, { suspend: true }, 'waiting', null],
    ['done', { phase: 'Succeeded' }, {}, 'completed', 'success'],
    ['failed', { phase: 'Failed' }, {}, 'completed', 'failure'],
    ['in error', { phase: 'Error' }, {}, 'completed', 'failure'],
    ['stopped', { phase: 'Failed' }, { shutdown: 'Stop' }, 'completed', 'cancelled'],
    ['in a phase of a later Argo', { phase: 'Paused' }, {}, 'running', null],
    [
      'finished in a phase of a later Argo',
      { phase: 'Skipped', finishedAt: '2026-11-26T07:30:00Z' },
      {},
      'completed',
      null,
    ],
  ])('understands a workflow that is %s', async (_what, status, spec, expected, conclusion) => {
    argo.state.lists['workflows'] = [object('one', { status, spec })];
    expect((await runs()).items).toMatchObject([{ status: expected, conclusion, pipelineId: null }]);
  });

  it('finds the workflows of a template and of a cron workflow, in their namespace only', async () => {
    argo.state.lists['workflows'] = [
      object('build-1', { labels: { [TEMPLATE]: 'build' } }),
      object('build-2', { labels: { [TEMPLATE]: 'build' }, namespace: 'other' }),
      object('nightly-1', { labels: { [CRON]: 'nightly', [TEMPLATE]: 'build' } }),
    ];
    const of = async (pipeline: string) => (await runs({ pipeline })).items.map(({ name }) => name);
    expect(await of('cron/ci/nightly')).toEqual(['nightly-1']);
    expect((await of('template/ci/build')).toSorted()).toEqual(['build-1', 'nightly-1']);
    expect((await runs({ pipeline: 'cron/ci/nightly' })).items[0]).toMatchObject({ pipelineId: 'cron/ci/nightly' });
  });

  it.each<[string, Partial<RunsQuery>]>([
    ['repository', { repository: 'acme/shop' }],
    ['commit', { commit: 'a'.repeat(40) }],
    ['pipeline', { pipeline: 'ci/build' }],
    ['pipeline', { pipeline: 'template/../build' }],
    ['pipeline', { pipeline: 'template/other/build' }],
  ])('refuses a %s by which it cannot find runs: %j', async (field, query) => {
    const asked = runs(query, { namespace: 'ci' });
    await expect(asked).rejects.toMatchObject({ code: 'invalid_request', message: expect.stringContaining(field) });
    expect(argo.requests).toEqual([]);
  });
});
