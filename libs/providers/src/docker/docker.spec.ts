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

describe('The API version', () => {
  it.each([
    ['1.41', '1.41'],
    ['1.24', '1.24'],
    ['1.52', '1.52'],
    ['1.60', '1.52'],
    ['2.0', '1.52'],
  ])("is at most the engine's: with %s, we use %s", async (theirs, agreed) => {
    engine.apiVersion = theirs;
    await list();
    expect(asked()).toEqual(['/_ping', `/v${agreed}/containers/json`]);
  });

  it('is unsupported if the engine requires a newer one', async () => {
    Object.assign(engine, { apiVersion: '1.70', minimum: '1.60' });
    const message = 'The container engine requires at least API version 1.60, and we support 1.24 to 1.52';
    expect(await test()).toMatchObject({ status: 'unhealthy', code: 'api_version', message });
    await expect(list()).rejects.toMatchObject({ code: 'unsupported_operation', message });
  });

  it('is unsupported if the engine is too old', async () => {
    engine.apiVersion = '1.18';
    const message = 'The container engine supports at most API version 1.18, and we support 1.24 to 1.52';
    expect(await check()).toMatchObject({ status: 'unhealthy', code: 'api_version', message });
    await expect(list()).rejects.toMatchObject({ code: 'unsupported_operation', transient: false });
    expect(asked()).toEqual(['/_ping', '/_ping']);
  });
});

describe('A test', () => {
  it('reports the engine, what may be read, and whom it lets in', async () => {
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
    'recognises Podman by the headers of a ping: %s',
    async (serverHeader) => {
      Object.assign(engine, { serverHeader, isPodman: true });
      expect(await check()).toMatchObject({ server: { product: 'Podman' } });
      expect(await test()).toMatchObject({ server: { product: 'Podman', version: '20.10.24' } });
    },
  );

  it("passes on the engine's warnings of open ports, but not those about its kernel", async () => {
    engine.warnings = [
      'WARNING: No swap limit support',
      '[DEPRECATION NOTICE]: API is accessible on http://0.0.0.0:2375 without encryption.\n  Access to the remote API',
      '[DEPRECATION NOTICE]: API is accessible on https://0.0.0.0:2376 without TLS client verification.\n  Access',
    ];
    const { warnings } = await test();
    expect(warnings.slice(1)).toEqual([
      'The engine reports that one of its ports has no TLS: anyone who reaches it may do anything with its machine',
      'The engine reports that one of its ports asks for no client certificate: anyone who reaches it is let in',
    ]);
  });

  it('does not repeat a warning about the port in use', async () => {
    const { port } = new URL(endpoint);
    engine.warnings = [`WARNING: API is accessible on http://0.0.0.0:${port} without encryption.\n         Access`];
    expect((await test()).warnings).toEqual([OPEN_PORT]);
  });

  it.each([
    ['/containers', ['containers'], 'degraded'],
    ['/images', ['images'], 'degraded'],
    ['/', ['containers', 'images'], 'unhealthy'],
  ])('reports what a proxy in front of the engine forbids: %s', async (path, missing, status) => {
    engine.forbidden.push(path);
    expect(await test()).toMatchObject({
      status,
      code: 'scope_insufficient',
      permissions: { missing },
      capabilities: [],
    });
  });

  it('tolerates a proxy that forbids what is not needed', async () => {
    engine.forbidden.push('/info');
    expect(await test()).toMatchObject({
      status: 'healthy',
      server: { product: 'Docker Engine', version: '20.10.24' },
    });
  });

  it.each([
    ['error', /has failed/],
    ['locked', /is locked/],
  ])('reports a broken swarm: %s', async (state, message) => {
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

  it.each(['active/manager', 'active/worker', 'inactive', 'pending'])('ignores the swarm state %s', async (state) => {
    engine.swarmHeader = state;
    expect(await check()).toMatchObject({ status: 'healthy', code: 'ok' });
  });

  it('recognises that something else answers', async () => {
    engine.faults.inject({ when: () => true, processed: false, reply: { status: 200, body: 'OK' } });
    expect(await check()).toMatchObject({ status: 'unhealthy', code: 'not_this_product' });
  });
});

it('A health check makes one call', async () => {
  expect(await check()).toMatchObject({ status: 'healthy', warnings: [OPEN_PORT] });
  expect(asked()).toEqual(['/_ping']);
});

describe('A socket', () => {
  it('that does not exist is reported by its path', async () => {
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

describe('A list of workloads', () => {
  it("contains a container's image as requested, its digest and its owner", async () => {
    const labels = { 'com.docker.compose.project': 'shop', 'com.docker.compose.service': 'api' };
    engine.run('a', { names: ['/shop-web-1/backend', '/shop-api-1'], labels });
    expect(await first()).toEqual({
      ...{ id: idOf('a'), kind: 'container', namespace: 'shop', name: 'shop-api-1', labels },
      ...{ owner: { kind: 'service', name: 'api' }, node: null },
      ...{ state: 'running', startedAt: '2026-01-02T03:04:05.678Z' },
      containers: [{ name: 'shop-api-1', image: 'registry.example/team/a:1', digest: digestOf('a') }],
    });
  });

  it('contains the stack and the service of a swarm', async () => {
    engine.run('a', {
      labels: { 'com.docker.stack.namespace': 'billing', 'com.docker.swarm.service.name': 'billing_worker' },
    });
    expect(await first()).toMatchObject({ namespace: 'billing', owner: { kind: 'service', name: 'billing_worker' } });
    expect((await list({ namespace: 'billing' })).items).toHaveLength(1);
    expect((await list({ namespace: 'shop' })).items).toEqual([]);
  });

  it('leaves unknown fields empty for a standalone container with a local, deleted image', async () => {
    engine.run('a', { labels: null, image: 'shop:dev', startedAt: '0001-01-01T00:00:00Z' });
    engine.images.length = 0;
    expect(await first()).toMatchObject({
      ...{ namespace: null, owner: null, labels: {}, startedAt: null },
      containers: [{ image: 'shop:dev', digest: null }],
    });
  });

  it('contains the digest of an image whose tag has moved, if containerd stores the images', async () => {
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
  ])('maps %s to %s', async (theirs, ours) => {
    engine.run('a', { state: theirs });
    expect(await first()).toMatchObject({ state: ours });
  });

  it('contains for Podman the digest that an image was pulled by, not the others that Podman names', async () => {
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

  it('contains paused containers of Podman, which lists them only on request', async () => {
    engine.isPodman = true;
    engine.run('a', { state: 'paused', labels: { tier: 'web' } });
    engine.run('b');
    engine.run('c', { state: 'exited' });
    expect((await list()).items).toMatchObject([{ id: idOf('a'), state: 'running' }, { id: idOf('b') }]);
    expect((await list({ labels: [{ name: 'tier', value: 'web' }] })).items).toHaveLength(1);
  });

  it('leaves out containers that have ended, also during the request', async () => {
    engine.run('a', { state: 'exited' });
    engine.run('b', { stateSince: 'exited' });
    engine.run('c', { stateSince: 'removing' });
    engine.run('d');
    engine.faults.inject({ when: ({ path }) => path.includes(idOf('d')), processed: false, reply: { status: 404 } });
    expect((await list()).items).toMatchObject([{ id: idOf('c'), state: 'stopping' }]);
    expect(await list({ limit: 1 })).toEqual({ items: [], nextCursor: idOf('b') });
  });

  it('is ordered by id, page by page, whatever changes in the meantime', async () => {
    for (const letter of ['c', 'a', 'e', 'b']) engine.run(letter);
    const page = await list({ limit: 2 });
    expect(page).toMatchObject({ items: [{ id: idOf('a') }, { id: idOf('b') }], nextCursor: idOf('b') });
    engine.containers.splice(0, engine.containers.length);
    for (const letter of ['d', 'a', 'e']) engine.run(letter);
    const rest = await list({ limit: 2, cursor: page.nextCursor });
    expect(rest).toMatchObject({ items: [{ id: idOf('d') }, { id: idOf('e') }], nextCursor: null });
  });

  it('has at most 25 items on a page, because a distant engine takes seconds for these', async () => {
    for (let n = 0; n < 27; n++) engine.run('a', { id: n.toString(16).padStart(64, '0') });
    const page = await list({ limit: 100 });
    expect(page.items).toHaveLength(25);
    const rest = await list({ limit: 100, cursor: page.nextCursor });
    expect(rest).toMatchObject({ items: [{}, {}], nextCursor: null });
  });

  it('filters by labels at the engine, and inspects each image once', async () => {
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

  it('inspects only the containers that the page shows', async () => {
    for (const letter of ['a', 'b', 'c']) engine.run(letter);
    await list({ limit: 1, q: 'b-' });
    expect(asked().filter((path) => /containers\/[0-9a-f]/.test(path))).toEqual([
      `/v1.41/containers/${idOf('b')}/json`,
    ]);
  });

  it('is refused if a proxy forbids images, because a missing digest would mean a local image', async () => {
    engine.run('a');
    engine.forbidden.push('/images');
    await expect(list()).rejects.toMatchObject({ code: 'permission_missing', transient: false });
  });
});

describe('Over TLS, a probe', () => {
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

  it('warns of an engine that lets us in without a client certificate', async () => {
    await listen(false);
    const warnings = ['The engine let us in without a client certificate, so it lets in anyone who reaches this port'];
    expect(await checkWith({})).toMatchObject({ status: 'healthy', warnings });
    expect(await plugin.testConnection(...connectWith({}))).toMatchObject({ status: 'healthy', warnings });
  });

  it('passes on that others are let in without a certificate when we showed ours', async () => {
    await listen(false);
    const verdict = await plugin.testConnection(...connectWith({ clientCertificate: shown }));
    expect(verdict.warnings).toEqual([expect.stringContaining('one of its ports asks for no client certificate')]);
  });

  it('has no warning if the engine requires our certificate, and reports when it is missing', async () => {
    await listen(true);
    expect(await checkWith({ clientCertificate: shown })).toMatchObject({ status: 'healthy', warnings: [] });
    expect(await checkWith({})).toMatchObject({ status: 'unhealthy', code: 'mtls_required' });
  });
});
