import type { EgressClient } from '@integrations/provider-kit';
import { DIGEST, FakeKubernetes, pod, status, TOKEN, USER } from '../../../../test/support/fake-kubernetes';
import { connectTo, loopbackEgress } from '../../../../test/support/fake-vendor/connection';
import { KubernetesConfig } from './config';
import { createKubernetesPlugin } from './plugin';

const plugin = createKubernetesPlugin();
const { signal } = new AbortController();
const ALL = { limit: 100, cursor: null, q: null, namespace: null, labels: [] };
const ENDED = { terminated: { exitCode: 0 } };

describe('kubernetes', () => {
  let cluster: FakeKubernetes;
  let egress: EgressClient;

  const connection = (secret: string | null = TOKEN, fields: Partial<KubernetesConfig> = {}) =>
    connectTo(egress, { endpoint: cluster.url, config: Object.assign(new KubernetesConfig(), fields), secret });
  const test = (secret?: string | null, fields?: Partial<KubernetesConfig>) => {
    const { integration, deps } = connection(secret, fields);
    return plugin.testConnection(integration, deps, signal);
  };
  const list = (query: Partial<typeof ALL> = {}, fields?: Partial<KubernetesConfig>) => {
    const { integration, deps } = connection(TOKEN, fields);
    return plugin.open(integration, deps).runtime!.listWorkloads({ ...ALL, ...query }, signal);
  };
  const theOne = async (...given: Parameters<typeof pod>) => {
    cluster.state.objects['pods'] = [pod(...given)];
    return (await list()).items[0]!;
  };

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

  it('reports version, identity and permissions, including excess ones', async () => {
    cluster.state.grants.push({ verbs: ['get', 'list'], apiGroups: [''], resources: ['secrets'] });
    cluster.state.grants.splice(1, 1);
    expect(await test()).toMatchObject({
      ...{ status: 'healthy', code: 'ok', principal: { id: USER, kind: 'service_account' }, warnings: [] },
      server: { product: 'Kubernetes', version: 'v1.34.1' },
      capabilities: ['workloads'],
      permissions: { granted: ['list pods', 'get secrets', 'list secrets'], excess: ['get secrets', 'list secrets'] },
    });
  });

  it('checks permissions per namespace, and names the missing ones', async () => {
    cluster.state.grants = [{ verbs: ['list'], apiGroups: [''], resources: ['pods'], namespace: 'shop' }];
    expect(await test(TOKEN, { namespaces: ['shop', 'billing'] })).toMatchObject({
      ...{ status: 'degraded', code: 'scope_insufficient', capabilities: [] },
      permissions: { granted: ['list pods in shop'], missing: ['list pods in billing'], excess: [] },
    });
    expect(await test()).toMatchObject({ status: 'unhealthy', permissions: { missing: ['list pods'] } });
  });

  it('reads the identity from the token before Kubernetes 1.28', async () => {
    cluster.state.hasSelfReview = false;
    const token = jwt({ sub: USER });
    cluster.state.users.set(token, USER);
    expect(await test(token)).toMatchObject({ code: 'ok', principal: { id: USER } });
  });

  it('works without /readyz, and reports what is not ready with it', async () => {
    cluster.state.isReadyzOpen = false;
    expect(await test()).toMatchObject({ code: 'ok' });
    cluster.state.isReadyzOpen = true;
    cluster.state.failing = ['etcd'];
    expect(await test()).toMatchObject({ code: 'server_degraded', message: 'Kubernetes is not ready: etcd' });
  });

  it('recognises a missing credential, and one that was lost on the way', async () => {
    expect(await test(null)).toMatchObject({ status: 'unhealthy', code: 'credential_missing' });
    const { integration, deps } = connection(null);
    expect(await plugin.checkHealth(integration, deps, signal)).toMatchObject({ code: 'credential_missing' });
    cluster.state.users.set(TOKEN, 'system:anonymous');
    expect(await test()).toMatchObject({ code: 'anonymous_only' });
    cluster.state.isAnonymousSomebody = false;
    expect(await test(null)).toMatchObject({ code: 'credential_missing' });
  });

  it('tells an expired token from a wrong one, and warns of one that expires soon', async () => {
    const ended = jwt({ sub: USER, iat: inDays(-400), exp: inDays(-1) });
    expect(await test(ended)).toMatchObject({ code: 'credential_expired' });
    expect(await test(jwt({ sub: USER }))).toMatchObject({ code: 'credential_invalid' });
    const soon = jwt({ sub: USER, iat: inDays(-360), exp: inDays(5.5) });
    cluster.state.users.set(soon, USER);
    expect(await test(soon)).toMatchObject({ code: 'ok', warnings: ['The token expires in 5 days'] });
  });

  it.each([undefined, 1e18])('ignores an expiry beyond the calendar, with the issue time %s', async (iat) => {
    const endless = jwt({ sub: USER, iat, exp: 1e18 });
    cluster.state.users.set(endless, USER);
    const verdict = await test(endless);
    expect(verdict).toMatchObject({ code: 'ok' });
    expect(verdict.credential?.expiresAt).toBeUndefined();
  });

  it('warns that a token with a lifetime of minutes must be renewed', async () => {
    const date = new Date().toISOString().replaceAll(/[-:]|\.\d+/g, '');
    const url = `https://sts.eu-central-1.amazonaws.com/?Action=GetCallerIdentity&X-Amz-Date=${date}&X-Amz-Expires=60`;
    const token = `k8s-aws-v1.${Buffer.from(url).toString('base64url')}`;
    cluster.state.users.set(token, 'arn:aws:iam::111122223333:role/reader');
    const verdict = await test(token);
    expect(verdict).toMatchObject({ code: 'ok', warnings: [expect.stringContaining('15 minutes')] });
    const left = Date.parse(verdict.credential!.expiresAt!) - Date.now();
    expect(left).toBeGreaterThan(14 * 60_000);
    expect(left).toBeLessThanOrEqual(15 * 60_000);
  });

  it('reads the token again after a refusal, such as a projected token that was renewed', async () => {
    const { integration, deps, credential } = connection('an-older-token');
    const renewed = { ...deps.credential, forget: () => void (credential.secret = TOKEN) };
    const { runtime } = plugin.open(integration, { ...deps, credential: renewed });
    expect(await runtime!.listWorkloads(ALL, signal)).toEqual({ items: [], nextCursor: null });
  });

  it('names config.caBundle if the server is not trusted and the kubeconfig contains an authority', async () => {
    const endpoint = cluster.url.replace('http:', 'https:');
    const secret = JSON.stringify({
      'current-context': 'c',
      contexts: [{ name: 'c', context: { cluster: 'c', user: 'c' } }],
      clusters: [{ name: 'c', cluster: { server: endpoint, 'certificate-authority-data': 'LS0t' } }],
      users: [{ name: 'c', user: { token: TOKEN } }],
    });
    const { integration, deps } = connectTo(egress, { endpoint, config: new KubernetesConfig(), secret });
    expect(await plugin.testConnection(integration, deps, signal)).toMatchObject({
      code: expect.stringContaining('tls'),
      warnings: [expect.stringContaining('config.caBundle')],
    });
  });

  it('waits as long as API priority and fairness asks', async () => {
    const reply = { status: 429, headers: { 'retry-after': '3' } };
    cluster.faults.inject({ when: ({ path }) => path.endsWith('/pods'), processed: false, reply });
    await expect(list()).rejects.toMatchObject({ code: 'rate_limited', retryAfterMs: 3_000 });
  });

  it('lists running pods, with the digest in use and the Deployment behind them', async () => {
    expect(await theOne('shop', 'web')).toMatchObject({
      ...{ kind: 'pod', namespace: 'shop', name: 'web-5d4f8c7b9-x7f2q', node: 'node-1', state: 'running' },
      ...{ owner: { kind: 'Deployment', name: 'web' }, startedAt: '2026-11-26T07:00:00.000Z' },
      containers: [{ name: 'main', image: 'registry.example/team/web:1.4', digest: DIGEST }],
    });
  });

  it('names the ReplicaSet if its name does not belong to a Deployment, and no owner of a standalone pod', async () => {
    const ownerReferences = [{ apiVersion: 'apps/v1', kind: 'ReplicaSet', name: 'web', uid: 'one', controller: true }];
    const owned = await theOne('shop', 'web', { metadata: { ownerReferences } });
    expect(owned.owner).toEqual({ kind: 'ReplicaSet', name: 'web' });
    expect((await theOne('shop', 'web', { metadata: { ownerReferences: [] } })).owner).toBeNull();
  });

  it.each([
    ['docker-pullable://registry.example/team/web@', 'registry.example/team/web:1.4', DIGEST],
    ['docker://', 'registry.example/team/web:1.4', null],
    ['', 'registry.example/team/web:1.4', null],
    ['', `registry.example/team/web@${DIGEST}`, DIGEST],
  ])('reads an image ID of %ssha256:… for %s as the digest %s', async (before, image, digest) => {
    const containerStatuses = [status('main', image, `${before}${DIGEST}`)];
    const { containers } = await theOne('shop', 'web', {
      spec: { containers: [{ name: 'main', image }] },
      status: { containerStatuses },
    });
    expect(containers).toEqual([{ name: 'main', image, digest }]);
  });

  it('lists sidecars and debug containers while they run, and init containers until they have ended', async () => {
    const { containers } = await theOne('shop', 'web', {
      spec: {
        initContainers: [{ name: 'migrate' }, { name: 'proxy', restartPolicy: 'Always' }],
        ephemeralContainers: [{ name: 'shell' }, { name: 'gone' }],
      },
      status: {
        initContainerStatuses: [status('migrate', '', 'x', ENDED), status('proxy', '', 'x')],
        ephemeralContainerStatuses: [status('shell', '', 'x'), status('gone', '', 'x', ENDED)],
      },
    });
    expect(containers.map(({ name }) => name)).toEqual(['main', 'proxy', 'shell']);
  });

  it.each([
    ['pending', { status: { phase: 'Pending', containerStatuses: [] }, spec: { nodeName: '' } }],
    ['unknown', { status: { phase: 'Unknown' } }],
    ['stopping', { metadata: { deletionTimestamp: '2026-11-26T07:05:00Z' } }],
  ])('reports the state %s', async (state, given) => {
    const found = await theOne('shop', 'web', given);
    expect(found).toMatchObject({ state, node: state === 'pending' ? null : 'node-1' });
  });

  it('does not list pods that have ended', async () => {
    cluster.state.objects['pods'] = ['Succeeded', 'Failed'].map((phase) => pod('shop', phase, { status: { phase } }));
    expect(await list()).toEqual({ items: [], nextCursor: null });
  });

  it('lists only the configured namespaces, page by page', async () => {
    const names = ['billing', 'secret', 'shop'];
    cluster.state.objects['pods'] = names.flatMap((namespace) => [pod(namespace, 'a'), pod(namespace, 'b')]);
    const only = { namespaces: ['shop', 'billing'] };
    const first = await list({ limit: 3 }, only);
    const second = await list({ limit: 3, cursor: first.nextCursor as null }, only);
    expect([...first.items, ...second.items].map(({ namespace }) => namespace)).toEqual([
      ...['shop', 'shop', 'billing', 'billing'],
    ]);
    expect(second.nextCursor).toBeNull();
    await expect(list({ cursor: '1.0?n=3&in=secret' as never as null }, only)).rejects.toMatchObject({
      code: 'invalid_request',
    });
  });

  it.each<[string, object]>([
    ['namespace', { namespace: '..' }],
    ['namespace', { namespace: 'secret' }],
    ['labels', { labels: [{ name: 'app', value: 'a in (b)' }] }],
    ['labels', { labels: [{ name: '!app', value: null }] }],
  ])('refuses an invalid %s: %j', async (field, query) => {
    const asked = list(query, { namespaces: ['shop'] });
    await expect(asked).rejects.toMatchObject({ code: 'invalid_request', message: expect.stringContaining(field) });
    expect(cluster.requests).toEqual([]);
  });

  it('reports when a list must start again', async () => {
    cluster.state.objects['pods'] = [pod('shop', 'a'), pod('shop', 'b')];
    const { nextCursor } = await list({ limit: 1 });
    cluster.state.isCompacted = true;
    const next = list({ limit: 1, cursor: nextCursor as null });
    await expect(next).rejects.toMatchObject({
      code: 'invalid_request',
      message: expect.stringContaining('start again'),
    });
  });
});

function jwt(claims: object): string {
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
  return `${part({ alg: 'RS256' })}.${part(claims)}.signature`;
}

/** Seconds since the epoch. */
function inDays(days: number): number {
  return Math.floor(Date.now() / 1_000 + days * 86_400);
}
