import { once } from 'node:events';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { Workload } from '@integrations/contracts';
import { type EgressBinding, EgressClient, type WorkloadsQuery } from '@integrations/provider-kit';
import { selfSignedRsa } from '../../../../test/support/certificates';
import { connectTo, loopbackEgress } from '../../../../test/support/fake-vendor/connection';
import { digestOf, FakeEngine, idOf } from './__fixtures__/fake-engine';
import { DockerConfig } from './config';
import { createDockerPlugin } from './plugin';

const plugin = createDockerPlugin();
const { signal } = new AbortController();
const OPEN_PORT = 'The engine listens without TLS: anyone who reaches this port may do anything with its machine';

let engine: FakeEngine;
let egress: EgressClient;
let endpoint: string;

const connection = () => connectTo(egress, { endpoint, config: new DockerConfig(), secret: null });
const test = () => {
  const { integration, deps } = connection();
  return plugin.testConnection(integration, deps, signal);
};
const check = () => {
  const { integration, deps } = connection();
  return plugin.checkHealth(integration, deps, signal);
};
const list = (query: Partial<WorkloadsQuery> = {}) => {
  const { integration, deps } = connection();
  const all = { limit: 100, cursor: null, q: null, namespace: null, labels: [] };
  return plugin.open(integration, deps).runtime!.listWorkloads({ ...all, ...query }, signal);
};
const first = async (): Promise<Workload> => (await list()).items[0]!;
const asked = () => engine.requests.map(({ path }) => path);

beforeAll(() => {
  egress = loopbackEgress();
});
beforeEach(async () => {
  engine = new FakeEngine();
  endpoint = await engine.listen();
});
afterEach(async () => {
  await engine.close();
  expect(engine.violations).toEqual([]);
});
afterAll(() => egress.close());

describe('the version of the API', () => {
  it.each([
    ['1.41', '1.41'],
    ['1.24', '1.24'],
    ['1.52', '1.52'],
    ['1.60', '1.52'],
    ['2.0', '1.52'],
  ])('is never above that of the engine: of %s, %s is asked for', async (theirs, agreed) => {
    engine.apiVersion = theirs;
    await list();
    expect(asked()).toEqual(['/_ping', `/v${agreed}/containers/json`]);
  });

  it('is one that both speak: an engine that wants a newer one is told apart', async () => {
    Object.assign(engine, { apiVersion: '1.70', minimum: '1.60' });
    const message = 'The container engine requires API version 1.60 at least, and we support 1.24 to 1.52';
    expect(await test()).toMatchObject({ status: 'unhealthy', code: 'api_version', message });
    await expect(list()).rejects.toMatchObject({ code: 'unsupported_operation', message });
  });

  it('is one that both speak: so is an engine that is too old', async () => {
    engine.apiVersion = '1.18';
    const message = 'The container engine supports API version 1.18 at most, and we support 1.24 to 1.52';
    expect(await check()).toMatchObject({ status: 'unhealthy', code: 'api_version', message });
    await expect(list()).rejects.toMatchObject({ code: 'unsupported_operation', transient: false });
    expect(asked()).toEqual(['/_ping', '/_ping']);
  });
});

describe('a test', () => {
  it('tells the engine, what may be read of it, and whom it lets in', async () => {
    engine.run('a');
    const verdict = await test();
    expect(verdict).toMatchObject({
      ...{ status: 'healthy', code: 'ok', message: 'Connected', warnings: [OPEN_PORT], capabilities: ['workloads'] },
      server: { product: 'Docker Engine', version: '20.10.24' },
      permissions: { granted: ['containers', 'images'], missing: [], excess: [], how: 'observed' },
    });
    expect(verdict.principal).toBeUndefined();
  });

  it.each(['Libpod/4.3.1 (linux)', 'nginx', null])(
    'knows Podman by the headers of a ping: %s',
    async (serverHeader) => {
      Object.assign(engine, { serverHeader, isPodman: true });
      expect(await check()).toMatchObject({ server: { product: 'Podman' } });
      expect(await test()).toMatchObject({ server: { product: 'Podman', version: '20.10.24' } });
    },
  );

  it('passes on which ports of the engine are open to all, and nothing that its kernel lacks', async () => {
    engine.warnings = [
      'WARNING: No swap limit support',
      '[DEPRECATION NOTICE]: API is accessible on http://0.0.0.0:2375 without encryption.\n  Access to the remote API',
      '[DEPRECATION NOTICE]: API is accessible on https://0.0.0.0:2376 without TLS client verification.\n  Access',
    ];
    const { warnings } = await test();
    expect(warnings.slice(1)).toEqual([
      'The engine says that one of its ports has no TLS: anyone who reaches it may do anything with its machine',
      'The engine says that one of its ports asks for no client certificate: anyone who reaches it is let in',
    ]);
  });

  it('says nothing twice of the port that it came by', async () => {
    const { port } = new URL(endpoint);
    engine.warnings = [`WARNING: API is accessible on http://0.0.0.0:${port} without encryption.\n         Access`];
    expect((await test()).warnings).toEqual([OPEN_PORT]);
  });

  it.each([
    ['/containers', ['containers'], 'degraded'],
    ['/images', ['images'], 'degraded'],
    ['/', ['containers', 'images'], 'unhealthy'],
  ])('tells what a proxy in front of the engine forbids: %s', async (path, missing, status) => {
    engine.forbidden.push(path);
    expect(await test()).toMatchObject({
      status,
      code: 'scope_insufficient',
      permissions: { missing },
      capabilities: [],
    });
  });

  it('does without what a proxy forbids that is not needed', async () => {
    engine.forbidden.push('/info');
    expect(await test()).toMatchObject({
      status: 'healthy',
      server: { product: 'Docker Engine', version: '20.10.24' },
    });
  });

  it.each([
    ['error', /has failed/],
    ['locked', /is locked/],
  ])('says that the swarm of the engine is no good: %s', async (state, message) => {
    engine.swarmState = state;
    const verdict = await test();
    expect(verdict).toMatchObject({
      status: 'degraded',
      code: 'server_degraded',
      message: expect.stringMatching(message),
    });
    expect(verdict.permissions?.missing).toEqual([]);
    engine.swarmHeader = state;
    expect(await check()).toMatchObject({ status: 'degraded', code: 'server_degraded' });
  });

  it.each(['active/manager', 'active/worker', 'inactive', 'pending'])(
    'has nothing to say of a swarm: %s',
    async (state) => {
      engine.swarmHeader = state;
      expect(await check()).toMatchObject({ status: 'healthy', code: 'ok' });
    },
  );

  it('knows what is no engine, although it answers', async () => {
    engine.faults.inject({ when: () => true, processed: false, reply: { status: 200, body: 'OK' } });
    expect(await check()).toMatchObject({ status: 'unhealthy', code: 'not_this_product' });
  });
});

it('a health check is one call', async () => {
  expect(await check()).toMatchObject({ status: 'healthy', warnings: [OPEN_PORT] });
  expect(asked()).toEqual(['/_ping']);
});

describe('a socket', () => {
  it('that is not there is told by its path', async () => {
    const path = `/tmp/no-engine-${process.pid}.sock`;
    const local = new EgressClient({ policy: { allow: [] }, userAgent: 'test', unixSockets: [path] });
    const { integration, deps } = connectTo(local, {
      endpoint: `unix://${path}`,
      config: new DockerConfig(),
      secret: null,
    });
    const message = `There is no socket ${path} here (ENOENT)`;
    expect(await plugin.checkHealth(integration, deps, signal)).toMatchObject({ code: 'tcp_refused', message });
    await local.close();
  });
});

describe('a list of workloads', () => {
  it('has of a container its image as it was asked for, the digest and what keeps it running', async () => {
    const labels = { 'com.docker.compose.project': 'shop', 'com.docker.compose.service': 'api' };
    engine.run('a', { names: ['/shop-web-1/backend', '/shop-api-1'], labels });
    expect(await first()).toEqual({
      ...{ id: idOf('a'), kind: 'container', namespace: 'shop', name: 'shop-api-1', labels },
      ...{ owner: { kind: 'service', name: 'api' }, node: null },
      ...{ state: 'running', startedAt: '2026-01-02T03:04:05.678Z' },
      containers: [{ name: 'shop-api-1', image: 'registry.example/team/a:1', digest: digestOf('a') }],
    });
  });

  it('knows the stack and the service of a swarm', async () => {
    engine.run('a', {
      labels: { 'com.docker.stack.namespace': 'billing', 'com.docker.swarm.service.name': 'billing_worker' },
    });
    expect(await first()).toMatchObject({ namespace: 'billing', owner: { kind: 'service', name: 'billing_worker' } });
    expect((await list({ namespace: 'billing' })).items).toHaveLength(1);
    expect((await list({ namespace: 'shop' })).items).toEqual([]);
  });

  it('has nothing to say of a container that stands alone, from an image that was built and removed here', async () => {
    engine.run('a', { labels: null, image: 'shop:dev', startedAt: '0001-01-01T00:00:00Z' });
    engine.images.length = 0;
    expect(await first()).toMatchObject({
      ...{ namespace: null, owner: null, labels: {}, startedAt: null },
      containers: [{ image: 'shop:dev', digest: null }],
    });
  });

  it('has the digest of an image whose tag has moved on, where containerd keeps the images', async () => {
    engine.apiVersion = '1.52';
    engine.run('a');
    Object.assign(engine.images[0]!, { repoDigests: [], isInContainerd: true });
    expect(await first()).toMatchObject({
      containers: [{ image: 'registry.example/team/a:1', digest: digestOf('a') }],
    });
  });

  it.each([
    ['paused', 'running'],
    ['restarting', 'pending'],
  ])('has what is %s as %s', async (theirs, ours) => {
    engine.run('a', { state: theirs });
    expect(await first()).toMatchObject({ state: ours });
  });

  it('has of Podman the digest that an image came by, whichever others it names with it', async () => {
    engine.isPodman = true;
    engine.run('a');
    const repoDigests = ['a', 'b', 'c'].flatMap((letter) => [
      `docker.io/team/other@${digestOf(letter)}`,
      `registry.example/team/a@${digestOf(letter)}`,
    ]);
    Object.assign(engine.images[0]!, { repoDigests, digest: digestOf('b') });
    expect(await first()).toMatchObject({ containers: [{ digest: digestOf('b') }] });
    expect(asked().at(-1)).toBe(`/v4.3.1/libpod/images/${digestOf('a')}/json`);
    engine.images[0]!.repoDigests.length = 0; // its tag has moved on
    expect(await first()).toMatchObject({ containers: [{ digest: digestOf('b') }] });
  });

  it('has what is paused of Podman too, which lists only what runs unless it is asked', async () => {
    engine.isPodman = true;
    engine.run('a', { state: 'paused', labels: { tier: 'web' } });
    engine.run('b');
    engine.run('c', { state: 'exited' });
    expect((await list()).items).toMatchObject([{ id: idOf('a'), state: 'running' }, { id: idOf('b') }]);
    expect((await list({ labels: [{ name: 'tier', value: 'web' }] })).items).toHaveLength(1);
  });

  it('leaves out what has ended, also while it was looked at', async () => {
    engine.run('a', { state: 'exited' });
    engine.run('b', { stateSince: 'exited' });
    engine.run('c', { stateSince: 'removing' });
    engine.run('d');
    engine.faults.inject({ when: ({ path }) => path.includes(idOf('d')), processed: false, reply: { status: 404 } });
    expect((await list()).items).toMatchObject([{ id: idOf('c'), state: 'stopping' }]);
    expect(await list({ limit: 1 })).toEqual({ items: [], nextCursor: idOf('b') });
  });

  it('is in the order of ids, page by page, whatever comes and goes meanwhile', async () => {
    for (const letter of ['c', 'a', 'e', 'b']) engine.run(letter);
    const page = await list({ limit: 2 });
    expect(page).toMatchObject({ items: [{ id: idOf('a') }, { id: idOf('b') }], nextCursor: idOf('b') });
    engine.containers.splice(0, engine.containers.length);
    for (const letter of ['d', 'a', 'e']) engine.run(letter);
    const rest = await list({ limit: 2, cursor: page.nextCursor });
    expect(rest).toMatchObject({ items: [{ id: idOf('d') }, { id: idOf('e') }], nextCursor: null });
  });

  it('has 25 on a page at most, whatever is asked for: a distant engine takes seconds for these', async () => {
    for (let n = 0; n < 27; n++) engine.run('a', { id: n.toString(16).padStart(64, '0') });
    const page = await list({ limit: 100 });
    expect(page.items).toHaveLength(25);
    const rest = await list({ limit: 100, cursor: page.nextCursor });
    expect(rest).toMatchObject({ items: [{}, {}], nextCursor: null });
  });

  it('asks the engine for labels, and looks at each image once', async () => {
    const shared = { imageId: digestOf('f'), labels: { tier: 'web', zone: '' } };
    for (const letter of ['a', 'b']) engine.run(letter, shared);
    engine.run('c', { labels: { tier: 'db' } });
    const labels = [
      { name: 'tier', value: 'web' },
      { name: 'zone', value: null },
    ];
    expect((await list({ labels })).items.map(({ id }) => id)).toEqual([idOf('a'), idOf('b')]);
    expect(engine.requests[1]?.query).toEqual({ filters: '{"label":["tier=web","zone"]}' });
    expect(asked().filter((path) => path.includes('/images/'))).toEqual([`/v1.41/images/${digestOf('f')}/json`]);
  });

  it('asks nothing of containers that the page does not show', async () => {
    for (const letter of ['a', 'b', 'c']) engine.run(letter);
    await list({ limit: 1, q: 'b-' });
    expect(asked().filter((path) => /containers\/[0-9a-f]/.test(path))).toEqual([
      `/v1.41/containers/${idOf('b')}/json`,
    ]);
  });

  it('is refused as a whole where a proxy forbids images: what has no digest is told apart from what may not be seen', async () => {
    engine.run('a');
    engine.forbidden.push('/images');
    await expect(list()).rejects.toMatchObject({ code: 'permission_missing', transient: false });
  });
});

describe('over TLS', () => {
  const certificate = selfSignedRsa();
  const shown = { certificate: certificate.cert, key: certificate.key, holder: 'acme/i-1' };
  let secure: Server;

  /** Listens like an engine with `--tlsverify` (`asks`), or with `--tls` alone. */
  const listen = async (asks: boolean) => {
    const tls = { ...certificate, ca: [certificate.cert], minVersion: 'TLSv1.3' as const };
    secure = createServer({ ...tls, requestCert: asks, rejectUnauthorized: asks }, ({ url }, response) => {
      const { port } = secure.address() as AddressInfo;
      const said = `WARNING: API is accessible on https://127.0.0.1:${port} without TLS client verification.`;
      const body = url?.endsWith('/info') ? { Warnings: [said] } : [];
      response.writeHead(200, { 'api-version': '1.41', server: 'Docker/20.10.24 (linux)' });
      response.end(url === '/_ping' ? 'OK' : JSON.stringify(body));
    });
    await once(secure.listen(0, '127.0.0.1'), 'listening');
  };
  const connectWith = (route: Partial<EgressBinding>) => {
    const at = `https://127.0.0.1:${(secure.address() as AddressInfo).port}`;
    const { integration, deps } = connectTo(egress, { endpoint: at, config: new DockerConfig(), secret: null });
    const bound = egress.bind({ endpoint: at, caBundle: certificate.cert, ...route });
    return [integration, { ...deps, egress: bound }, signal] as const;
  };
  const checkWith = (route: Partial<EgressBinding>) => plugin.checkHealth(...connectWith(route));
  afterEach(() => {
    secure.close();
    secure.closeAllConnections();
  });

  it('warns of an engine that lets us in although we showed no client certificate', async () => {
    await listen(false);
    const warnings = ['The engine let us in without a client certificate, so it lets in anyone who reaches this port'];
    expect(await checkWith({})).toMatchObject({ status: 'healthy', warnings });
    expect(await plugin.testConnection(...connectWith({}))).toMatchObject({ status: 'healthy', warnings });
  });

  it('passes on that others are let in without one, where we showed ours', async () => {
    await listen(false);
    const verdict = await plugin.testConnection(...connectWith({ clientCertificate: shown }));
    expect(verdict.warnings).toEqual([expect.stringContaining('one of its ports asks for no client certificate')]);
  });

  it('has nothing to warn of where it knows us by our certificate, and says that it wants one', async () => {
    await listen(true);
    expect(await checkWith({ clientCertificate: shown })).toMatchObject({ status: 'healthy', warnings: [] });
    expect(await checkWith({})).toMatchObject({ status: 'unhealthy', code: 'mtls_required' });
  });
});
