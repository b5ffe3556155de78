import type { EgressClient, RunsQuery } from '@integrations/provider-kit';
import { FakeKubernetes, type FakeObject, metadata, TOKEN, USER } from '../../../../test/support/fake-kubernetes';
import { connectTo, loopbackEgress } from '../../../../test/support/fake-vendor/connection';
import { TektonConfig } from './config';
import { createTektonPlugin } from './plugin';

const plugin = createTektonPlugin();
const { signal } = new AbortController();
const PAC = 'pipelinesascode.tekton.dev';
const ALL = { limit: 100, cursor: null, pipeline: null, repository: null, commit: null };

describe('tekton', () => {
  let cluster: FakeKubernetes;
  let egress: EgressClient;

  const connection = (fields: Partial<TektonConfig> = {}) =>
    connectTo(egress, { endpoint: cluster.url, config: Object.assign(new TektonConfig(), fields), secret: TOKEN });
  const test = (fields?: Partial<TektonConfig>) => {
    const { integration, deps } = connection(fields);
    return plugin.testConnection(integration, deps, signal);
  };
  const runs = (query: Partial<RunsQuery> = {}, fields?: Partial<TektonConfig>) => {
    const { integration, deps } = connection(fields);
    return plugin.open(integration, deps).ci!.listRuns({ ...ALL, ...query }, signal);
  };
  const put = (...objects: FakeObject[]) => void (cluster.state.objects['pipelineruns'] = objects);

  beforeAll(async () => {
    egress = loopbackEgress();
    cluster = await FakeKubernetes.start();
  });
  beforeEach(() => {
    cluster.reset();
    cluster.requests.length = 0;
  });
  afterEach(() => expect(cluster.violations).toEqual([]));
  afterAll(() => Promise.all([egress.close(), cluster.close()]));

  it('reports version, identity and permissions', async () => {
    cluster.state.grants.splice(0, 1);
    expect(await test()).toMatchObject({
      ...{ status: 'healthy', code: 'ok', principal: { id: USER }, capabilities: ['pipelines', 'runs'], warnings: [] },
      server: { product: 'Tekton Pipelines', version: 'v1.4.0' },
      permissions: { granted: ['list pipelines.tekton.dev', 'list pipelineruns.tekton.dev'], excess: [] },
    });
  });

  it('reports that Tekton is not installed', async () => {
    cluster.state.hasTekton = false;
    const message = expect.stringContaining('not installed');
    expect(await test()).toMatchObject({ code: 'not_found_or_hidden', message });
    await expect(runs()).rejects.toMatchObject({ code: 'not_installed', message });
    const { integration, deps } = connection();
    expect(await plugin.checkHealth(integration, deps, signal)).toMatchObject({ code: 'not_found_or_hidden', message });
  });

  it('reports the remaining capabilities if a permission is missing', async () => {
    cluster.state.grants = [{ verbs: ['list'], apiGroups: ['tekton.dev'], resources: ['pipelines'] }];
    expect(await test()).toMatchObject({
      ...{ status: 'degraded', code: 'scope_insufficient', capabilities: ['pipelines'] },
      permissions: { missing: ['list pipelineruns.tekton.dev'] },
    });
  });

  it('lists a run with its pipeline, its times, and the data of Pipelines as Code', async () => {
    const annotations = {
      [`${PAC}/sha`]: 'c'.repeat(64),
      [`${PAC}/source-branch`]: 'refs/heads/feature/x',
      [`${PAC}/log-url`]: 'https://dashboard.example/#/namespaces/shop/pipelineruns/build-1',
    };
    put({
      metadata: metadata('shop', 'build-1', { annotations, labels: { [`${PAC}/sha`]: 'c'.repeat(62) } }),
      spec: { pipelineRef: { name: 'build' } },
      status: {
        startTime: '2026-11-26T07:00:01Z',
        completionTime: '2026-11-26T07:02:00Z',
        conditions: succeeded('True'),
      },
    });
    expect((await runs({ commit: 'c'.repeat(64) })).items).toMatchObject([
      {
        ...{
          pipelineId: 'shop/build',
          name: 'build-1',
          status: 'completed',
          conclusion: 'success',
          branch: 'feature/x',
        },
        ...{ commit: 'c'.repeat(64), createdAt: '2026-11-26T07:00:00.000Z', startedAt: '2026-11-26T07:00:01.000Z' },
        ...{ finishedAt: '2026-11-26T07:02:00.000Z', url: annotations[`${PAC}/log-url`] },
      },
    ]);
  });

  it.each([
    ['new', [], {}, 'queued', null],
    ['pending', succeeded('Unknown', 'PipelineRunPending'), { status: 'PipelineRunPending' }, 'queued', null],
    ['running', succeeded('Unknown', 'Running'), {}, 'running', null],
    ['resolving', succeeded('Unknown', 'ResolvingPipelineRef'), {}, 'running', null],
    ['completed', succeeded('True', 'Completed'), {}, 'completed', 'success'],
    ['failed', succeeded('False', 'Failed'), {}, 'completed', 'failure'],
    ['misconfigured', succeeded('False', 'CouldntGetPipeline'), {}, 'completed', 'failure'],
    ['timed out', succeeded('False', 'PipelineRunTimeout'), {}, 'completed', 'timed_out'],
    ['cancelled', succeeded('False', 'Cancelled'), {}, 'completed', 'cancelled'],
  ])('understands a run that is %s', async (_what, conditions, spec, status, conclusion) => {
    put({ metadata: metadata('shop', 'one'), spec, status: { conditions } });
    expect((await runs()).items).toMatchObject([{ status, conclusion, pipelineId: null, commit: null, url: null }]);
  });

  it('finds the runs of a pipeline, in its namespace only', async () => {
    const labels = { 'tekton.dev/pipeline': 'build' };
    const of = (namespace: string, name: string, given = {}): FakeObject => ({
      ...{ metadata: metadata(namespace, name, given), spec: {}, status: {} },
    });
    put(of('shop', 'build-1', { labels }), of('shop', 'other'), of('billing', 'build-1', { labels }));
    const found = await runs({ pipeline: 'shop/build' });
    expect(found.items.map(({ id }) => id)).toEqual([cluster.state.objects['pipelineruns']![0]!.metadata.uid]);
  });

  it.each<[string, Partial<RunsQuery>]>([
    ['repository', { repository: 'acme/shop' }],
    ['pipeline', { pipeline: 'build' }],
    ['pipeline', { pipeline: '../build' }],
    ['pipeline', { pipeline: 'billing/build' }],
  ])('refuses a %s by which it cannot find runs: %j', async (field, query) => {
    const asked = runs(query, { namespaces: ['shop'] });
    await expect(asked).rejects.toMatchObject({ code: 'invalid_request', message: expect.stringContaining(field) });
    expect(cluster.requests).toEqual([]);
  });

  it('refuses more runs than it can sort, and says what to do', async () => {
    const many = (count: number) =>
      put(
        ...Array.from({ length: count }, (_, n) => ({ metadata: metadata('shop', `run-${n}`), spec: {}, status: {} })),
      );
    many(500);
    expect((await runs({ limit: 1 })).items).toHaveLength(1);
    many(501);
    await expect(runs()).rejects.toMatchObject({ code: 'too_large', message: expect.stringContaining('pipeline') });
  });
});

function succeeded(status: string, reason = 'Succeeded') {
  return [{ type: 'Succeeded', status, reason }];
}
