import type { EgressClient } from '@integrations/provider-kit';
import { HttpAnswer } from '../../../../test/support/fake-vendor/answer';
import { connectTo, loopbackEgress } from '../../../../test/support/fake-vendor/connection';
import { REGION, ROLE, SECRET } from '../vendors/aws/__fixtures__/fake-aws';
import { EcsConfig } from './config';
import { FakeEcs } from './__fixtures__/fake-ecs';
import { placesOf } from './places';
import { createEcsPlugin } from './plugin';

const plugin = createEcsPlugin();
const ALL = { limit: 100, cursor: null, q: null, namespace: null, labels: [] };
const DIGEST = `sha256:${'a'.repeat(64)}`;

let egress: EgressClient;
let ecs: FakeEcs;
let url: string;

beforeAll(() => {
  egress = loopbackEgress();
});
beforeEach(async () => {
  ecs = new FakeEcs();
  url = await ecs.server.listen();
});
afterEach(() => ecs.server.close());
afterAll(() => egress.close());

function connect(fields: Partial<EcsConfig> = {}) {
  const config = Object.assign(new EcsConfig(), { region: REGION }, fields);
  const { integration, deps } = connectTo(egress, { endpoint: url, config, secret: SECRET });
  const signal = AbortSignal.timeout(60_000);
  return {
    list: (query = {}) => plugin.open(integration, deps).runtime!.listWorkloads({ ...ALL, ...query }, signal),
    test: () => plugin.testConnection(integration, deps, signal),
    check: () => plugin.checkHealth(integration, deps, signal),
  };
}

describe('The workloads of ECS', () => {
  it('are its tasks, with owner, node and containers', async () => {
    const task = ecs.run('production', 'shop', 'team/shop:1.4', {
      ...{ service: 'web', tags: { app: 'shop' }, node: 'i-1', digest: DIGEST },
    });
    expect(await connect().list()).toEqual({
      items: [
        {
          ...{ id: task.taskArn, kind: 'task', namespace: 'production' },
          name: `shop/${task.taskArn.split('/').at(-1)}`,
          ...{ owner: { kind: 'service', name: 'web' }, node: 'i-1', state: 'running' },
          startedAt: new Date(1_795_600_000_250).toISOString(),
          labels: { app: 'shop' },
          containers: [{ name: 'web', image: 'team/shop:1.4', digest: DIGEST }],
        },
      ],
      nextCursor: null,
    });
  });

  it('have their last known state, and are left out once stopped', async () => {
    const states = ['PENDING', 'ACTIVATING', 'RUNNING', 'DEPROVISIONING', 'STOPPED', 'DELETED', 'A_NEW_ONE'];
    for (const status of states) ecs.run('production', 'shop', 'shop:1').lastStatus = status;
    const { items } = await connect().list();
    expect(items.map(({ state }) => state)).toEqual(['pending', 'pending', 'running', 'stopping', 'unknown']);
    expect(items.map(({ owner, node }) => [owner, node])[0]).toEqual([null, null]);
  });

  it('are listed cluster by cluster, page by page', async () => {
    ecs.pageSize = 2;
    for (const cluster of ['a', 'b', 'empty', 'c']) ecs.clusters.set(cluster, { status: 'ACTIVE' });
    for (const cluster of ['a', 'a', 'a', 'b', 'c', 'c']) ecs.run(cluster, 'shop', 'shop:1');
    const found: string[] = [];
    for (let cursor: string | null = null; ;) {
      const page = await connect().list({ limit: 4, cursor });
      found.push(...page.items.map(({ namespace }) => namespace!));
      cursor = page.nextCursor;
      if (cursor === null) break;
    }
    expect(found.join('')).toBe('aaabcc');
  });

  it('are listed on past clusters that are gone, whether still listed or not', async () => {
    ecs.pageSize = 2;
    for (const cluster of ['a', 'b', 'c', 'd']) ecs.run(cluster, 'shop', 'shop:1');
    const found = async () => (await connect().list()).items.map(({ namespace }) => namespace).join('');

    ecs.clusters.set('b', { status: 'INACTIVE' });
    expect(await found()).toBe('acd');
    // An empty page that is not the last.
    for (const cluster of ['a', 'b']) ecs.unlisted.add(cluster);
    expect(await found()).toBe('cd');
  });

  it('leave out clusters whose tasks the credential may not list, unless that is all of them or one is requested', async () => {
    for (const cluster of ['a', 'b', 'c']) ecs.run(cluster, 'shop', 'shop:1');
    ecs.closed.add('a').add('c');
    expect((await connect().list()).items.map(({ namespace }) => namespace)).toEqual(['b']);
    await expect(connect().list({ namespace: 'a' })).rejects.toMatchObject({ code: 'permission_missing' });
    await expect(connect({ cluster: 'a' }).list()).rejects.toMatchObject({ code: 'permission_missing' });

    // A permission that is missing everywhere is an error, although a cluster without tasks does not need it.
    ecs.clusters.set('empty', { status: 'ACTIVE' });
    ecs.denied.add('ecs:DescribeTasks');
    await expect(connect().list()).rejects.toMatchObject({ code: 'permission_missing' });

    ecs.denied.clear();
    ecs.closed.add('b').add('empty');
    await expect(connect().list()).rejects.toMatchObject({ code: 'permission_missing' });
  });

  it('are those of one cluster if configured or requested, and the cluster may not exist', async () => {
    ecs.run('a', 'shop', 'shop:1');
    ecs.run('b', 'shop', 'shop:1');
    expect((await connect().list({ namespace: 'nowhere' })).items).toEqual([]);
    expect((await connect({ cluster: 'b' }).list()).items.map(({ namespace }) => namespace)).toEqual(['b']);
    expect((await connect({ cluster: 'b' }).list({ namespace: 'a' })).items).toEqual([]);
    await expect(connect({ cluster: 'c' }).list()).rejects.toMatchObject({ code: 'not_found_or_no_access' });
    expect(ecs.actions).not.toContain('DescribeClusters');
  });
});

describe('A test of ECS', () => {
  it('reports our identity, and proves each call', async () => {
    ecs.run('production', 'shop', 'shop:1');
    expect(await connect({ roleArn: ROLE }).test()).toMatchObject({
      ...{ status: 'healthy', server: { product: 'Amazon ECS' }, principal: { kind: 'role' } },
      permissions: { missing: [], how: 'observed' },
    });
  });

  it('names each missing permission', async () => {
    ecs.run('production', 'shop', 'shop:1');
    for (const action of ['ecs:DescribeClusters', 'ecs:ListTasks']) ecs.denied.add(action);
    expect(await connect().test()).toMatchObject({
      ...{ status: 'degraded', code: 'scope_insufficient' },
      permissions: {
        granted: ['ecs:ListClusters', 'ecs:DescribeTasks'],
        missing: ['ecs:DescribeClusters', 'ecs:ListTasks'],
      },
    });
    ecs.denied.clear();
    ecs.denied.add('ecs:ListClusters');
    expect(await connect().test()).toMatchObject({ status: 'unhealthy', code: 'scope_insufficient' });
    // A configured cluster needs no list of clusters.
    expect(await connect({ cluster: 'production' }).test()).toMatchObject({ status: 'healthy' });
  });

  it('proves nothing without a cluster', async () => {
    const { status, permissions, warnings } = await connect().test();
    expect([status, permissions, warnings]).toEqual([
      'healthy',
      undefined,
      ['There is no cluster in this region: the rights to read are not proven'],
    ]);
  });

  it.each([
    ['production', 'INACTIVE', 'server_degraded'],
    ['production', 'PROVISIONING', 'ok'],
    ['other', 'ACTIVE', 'not_found_or_hidden'],
  ])('examines the cluster %s with status %s', async (cluster, status, code) => {
    ecs.clusters.set('production', { status });
    for (const verdict of [await connect({ cluster }).test(), await connect({ cluster }).check()]) {
      expect(verdict).toMatchObject({ code });
    }
  });

  it.each([
    ['ThrottlingException', 'degraded', 'rate_limited'],
    ['ExpiredTokenException', 'unhealthy', 'credential_expired'],
    ['ServerException', 'unhealthy', 'server_degraded'],
  ])('maps %s to its verdict', async (type, status, code) => {
    ecs.run('production', 'shop', 'shop:1');
    ecs.override = new HttpAnswer(type === 'ServerException' ? 500 : 400, { __type: type });
    expect(await connect().check()).toMatchObject({ status, code });
  });
});

describe('An endpoint of ECS', () => {
  it.each([
    ['ecs.eu-central-1.amazonaws.com', 'eu-central-1', 'https://sts.eu-central-1.amazonaws.com'],
    ['ecs-fips.us-east-1.amazonaws.com', 'us-east-1', 'https://sts-fips.us-east-1.amazonaws.com'],
    ['ecs-fips.us-gov-west-1.amazonaws.com', 'us-gov-west-1', 'https://sts.us-gov-west-1.amazonaws.com'],
    ['ecs.eu-west-1.api.aws', 'eu-west-1', 'https://sts.eu-west-1.api.aws'],
    ['ecs.cn-north-1.amazonaws.com.cn', 'cn-north-1', 'https://sts.cn-north-1.amazonaws.com.cn'],
    ['ecs.eu-central-1.amazonaws.com.evil.example', null, 'https://ecs.eu-central-1.amazonaws.com.evil.example'],
    ['vpce-1.ecs.internal.example', null, 'https://vpce-1.ecs.internal.example'],
  ])('determines region and STS endpoint: %s', (host, region, sts) => {
    expect(placesOf(`https://${host}`, new EcsConfig())).toEqual({ region, sts });
  });

  it.each([
    ['at AWS itself', 'https://ecs.eu-central-1.amazonaws.com', {}, 'aws'],
    ['not at another host', 'https://ecs.eu-central-1.amazonaws.com.evil.example', {}, null],
    [
      'not if STS is at another host',
      'https://ecs.eu-central-1.amazonaws.com',
      { stsEndpoint: 'https://evil.example' },
      null,
    ],
    [
      'not for a web identity',
      'https://ecs.eu-central-1.amazonaws.com',
      { secretKind: 'web_identity_token' as const },
      null,
    ],
  ])('may receive our own identity %s: %s', (_what, endpoint, fields, cloud) => {
    const config = Object.assign(new EcsConfig(), fields);
    expect(plugin.identityAt!({ integrationId: 'i', tenantId: 'default', endpoint, config })).toBe(cloud);
  });

  it('needs a configured region if it does not contain one', async () => {
    const config = new EcsConfig();
    const { integration, deps } = connectTo(egress, { endpoint: url, config, secret: SECRET });
    expect(() => plugin.open(integration, deps)).toThrow('config.region is missing');
  });
});
