import { hash } from 'node:crypto';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { HealthReport, ProbeVerdict, WorkloadPage } from '@integrations/contracts';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { selfSignedRsa } from '../../support/certificates';
import { type ContainerEngine, IMAGE, unlessRefused } from '../../support/container-engine';
import { startDockerRegistry } from '../../support/docker-registry';
import { type Dockerd, startDockerd } from '../../support/dockerd';
import { eventually } from '../../support/eventually';
import { startPodman } from '../../support/podman';
import { temporaryDirectory } from '../../support/temporary';
import { expectProblem, register, startCatalog, type TestCatalog, type TestClient } from '../catalog/support';
import { startHealthWorker } from '../health-worker/start-health-worker';

const SHOP = { 'com.docker.compose.project': 'shop', 'com.docker.compose.service': 'api', tier: 'web' };
/** A socket that the operator has allowed, and another that may serve HTTP as well, as other services' sockets do. */
const NAMED = '/run/named.sock';
const OTHER = 'unix:///run/other.sock';
/** The packages of both engines are 80 MB in size. */
const FIRST_DOWNLOAD_MS = 180_000;
const secrets = temporaryDirectory();

let starting: { readonly podman: Promise<ContainerEngine | null>; readonly dockerd: Promise<Dockerd | null> };
/** Null if the kernel does not let them start. */
let podman: ContainerEngine | null;
let dockerd: Dockerd | null;
let catalog: TestCatalog;
let worker: NestFastifyApplication;
let admin: TestClient;

beforeAll(async () => {
  starting = { podman: unlessRefused(startPodman()), dockerd: unlessRefused(startDockerd()) };
  [podman, dockerd] = await Promise.all([starting.podman, starting.dockerd]);
  const sockets = [NAMED, podman?.socket, dockerd?.socket].filter((socket) => socket !== undefined);
  catalog = await startCatalog({ egressUnixSockets: sockets });
  const { databaseUrl: DATABASE_URL, natsUrl: NATS_URL } = catalog.config;
  worker = await startHealthWorker({
    DATABASE_URL,
    NATS_URL,
    PROBE_POLL_MS: '20',
    SECRETS_DIR: secrets,
    EGRESS_UNIX_SOCKETS: sockets.join(','),
    EGRESS_ALLOW: '127.0.0.1/32',
  });
  admin = await catalog.client();
}, FIRST_DOWNLOAD_MS);
afterAll(async () => {
  await worker?.close();
  await catalog?.close();
});
// In its own hook, so that the engines end even if another clean-up fails.
afterAll(async () => {
  for (const one of await Promise.allSettled(Object.values(starting))) {
    if (one.status === 'fulfilled') await one.value?.stop();
  }
  rmSync(secrets, { recursive: true });
});

const docker = (endpoint: string) => ({ type: 'runtime_host', provider: 'docker', endpoint });
const registered = async (endpoint: string, config: object = {}) =>
  (await register(admin, { ...docker(endpoint), config })).id;
const test = async (id: string) => (await admin.call<ProbeVerdict>('POST', `integrations/${id}/test`)).body;
const workloads = async (id: string, query = '') =>
  (await admin.call<WorkloadPage>('GET', `integrations/${id}/workloads${query}`)).body;
const firstCheck = (id: string) =>
  eventually('the first check', async () => {
    const { body } = await admin.call<HealthReport>('GET', `integrations/${id}/health`);
    return body.code ? body : null;
  });
/** False if the kernel does not let the container run. */
const runs = async (engine: ContainerEngine, name: string, labels = {}) =>
  (await unlessRefused(engine.run(name, labels).then(() => true))) ?? false;

/** Pushes, under another tag, an index of the one image that a tag names. Returns the index's digest. */
async function pushIndex(manifests: string, of: string, tag: string): Promise<string> {
  const mediaType = 'application/vnd.oci.image.manifest.v1+json';
  const image = await fetch(`${manifests}/${of}`, { headers: { accept: mediaType } });
  const body = new Uint8Array(await image.arrayBuffer());
  const digest = `sha256:${hash('sha256', body)}`;
  const platform = { os: 'linux', architecture: process.arch === 'arm64' ? 'arm64' : 'amd64' };
  const type = 'application/vnd.oci.image.index.v1+json';
  const entries = [{ mediaType, digest, size: body.length, platform }];
  const index = JSON.stringify({ schemaVersion: 2, mediaType: type, manifests: entries });
  const headers = { 'content-type': type };
  const { status } = await fetch(`${manifests}/${tag}`, { method: 'PUT', headers, body: index });
  expect(status).toBe(201);
  return `sha256:${hash('sha256', index)}`;
}

describe.each([
  {
    name: "Debian's podman",
    engineOf: () => podman,
    server: { product: 'Podman', version: expect.stringMatching(/^4\./) },
    /** It creates a digest for each imported image. */
    digest: expect.stringMatching(/^sha256:[0-9a-f]{64}$/),
    warnings: [],
  },
  {
    name: "Debian's dockerd",
    engineOf: () => dockerd,
    server: { product: 'Docker Engine', version: expect.stringMatching(/^20\.10\./) },
    digest: null,
    /** Its port, which it also reports at its socket. */
    warnings: [expect.stringMatching(/one of its ports has no TLS/)],
  },
])('$name', ({ engineOf, server, digest, warnings }) => {
  let engine: ContainerEngine | null;
  let id: string;
  let runsContainers: boolean;
  beforeAll(async () => {
    engine = engineOf();
    if (!engine) return;
    id = await registered(`unix://${engine.socket}`);
    runsContainers = (await runs(engine, 'shop-api-1', SHOP)) && (await runs(engine, 'alone'));
  });

  it('is identified by a test at its socket', async () => {
    if (!engine) return;
    expect(await test(id)).toMatchObject({
      ...{ status: 'healthy', code: 'ok', server, warnings },
      permissions: { granted: ['containers', 'images'], missing: [] },
      capabilities: ['workloads'],
    });
  });

  it('is checked periodically', async () => {
    if (!engine) return;
    expect(await firstCheck(id)).toMatchObject({ status: 'healthy', code: 'ok' });
  });

  it('has its containers listed, with images, digests and labels', async () => {
    if (!engine) return;
    const { items } = await workloads(id);
    if (!runsContainers) return expect(items).toEqual([]);
    expect(items.toSorted((a, b) => a.name.localeCompare(b.name))).toMatchObject([
      { name: 'alone', kind: 'container', namespace: null, owner: null, labels: {} },
      {
        ...{ name: 'shop-api-1', namespace: 'shop', owner: { kind: 'service', name: 'api' }, labels: SHOP },
        ...{ state: 'running', startedAt: expect.stringMatching(/Z$/), node: null },
        containers: [{ name: 'shop-api-1', image: IMAGE, digest }],
      },
    ]);
  });

  it('has containers found by labels, namespace and name, page by page', async () => {
    if (!runsContainers) return;
    const named = async (query: string) => (await workloads(id, query)).items.map(({ name }) => name);
    expect(await named('?labels=tier')).toEqual(['shop-api-1']);
    expect(await named('?labels=tier%3Ddb')).toEqual([]);
    expect(await named('?namespace=shop')).toEqual(['shop-api-1']);
    expect(await named('?q=ALO')).toEqual(['alone']);
    const first = await workloads(id, '?limit=1');
    const rest = await workloads(id, `?limit=1&cursor=${encodeURIComponent(first.nextCursor!)}`);
    expect([...first.items, ...rest.items].map(({ name }) => name).sort()).toEqual(['alone', 'shop-api-1']);
    expect(rest.nextCursor).toBeNull();
  });

  it('has a paused container listed as running', async () => {
    if (!engine || !runsContainers) return;
    const order = (what: string) => fetch(`${engine!.url}/v1.41/containers/alone/${what}`, { method: 'POST' });
    if ((await order('pause')).status !== 204) return; // a kernel without a freezer
    expect((await workloads(id, '?q=alone')).items).toMatchObject([{ name: 'alone', state: 'running' }]);
    expect((await order('unpause')).status).toBe(204);
  });

  it('works on a port without TLS too, with one warning', async () => {
    if (!engine) return;
    const verdict = await test(await registered(engine.url));
    expect(verdict).toMatchObject({ status: 'healthy', server });
    expect(verdict.warnings).toEqual([expect.stringMatching(/listens without TLS/)]);
  });
});

it("Debian's dockerd is called with its own API version, because it refuses the newest that we support", async () => {
  if (!dockerd) return;
  const refused = { status: 400, text: expect.stringContaining('Maximum supported API version is 1.41') };
  expect(await dockerd.send({ method: 'GET', path: '/v1.52/containers/json' })).toMatchObject(refused);
  const { items } = await workloads(await registered(`unix://${dockerd.socket}`));
  expect(items).toEqual(expect.any(Array));
});

it("Debian's dockerd reports an image's registry digest once the image was pushed", async () => {
  if (!dockerd || !(await runs(dockerd, 'pushed'))) return;
  const id = await registered(`unix://${dockerd.socket}`);
  const digest = async () => (await workloads(id, '?q=pushed')).items[0]!.containers[0]!.digest;
  expect(await digest()).toBeNull();
  const registry = await startDockerRegistry();
  try {
    const repository = `${new URL(registry.url).host}/acme/idle`;
    await dockerd.send({ method: 'POST', path: `/images/${IMAGE}/tag?repo=${repository}&tag=1` });
    const headers = { 'x-registry-auth': Buffer.from('{}').toString('base64') };
    await dockerd.send({ method: 'POST', path: `/images/${repository}/push?tag=1`, headers });
    const accept = 'application/vnd.docker.distribution.manifest.v2+json';
    const pushed = await registry.send({ method: 'HEAD', path: '/v2/acme/idle/manifests/1', headers: { accept } });
    expect(pushed.status).toBe(200);
    expect(await digest()).toBe(pushed.headers['docker-content-digest']);
  } finally {
    await registry.stop();
  }
});

it("Debian's podman reports the digest of a multi-platform tag, even after the tag was removed", async () => {
  const engine = await unlessRefused(startPodman());
  if (!engine) return;
  const registry = await startDockerRegistry();
  const order = async (method: string, path: string) => {
    const response = await fetch(`${engine.url}/v4.0.0/libpod/images/${path}`, { method });
    expect(response.status).toBeLessThan(300);
    await response.text();
  };
  try {
    const name = encodeURIComponent(`${new URL(registry.url).host}/acme/idle`);
    await order('POST', `${encodeURIComponent(IMAGE)}/push?destination=${name}:alone&tlsVerify=false`);
    const digest = await pushIndex(`${registry.url}/v2/acme/idle/manifests`, 'alone', 'all');
    await order('DELETE', 'remove?all=true&force=true');
    await order('POST', `pull?reference=${name}:all&tlsVerify=false`);
    const [repo, tag] = IMAGE.split(':');
    await order('POST', `${name}:all/tag?repo=${encodeURIComponent(repo!)}&tag=${tag}`);
    if (!(await runs(engine, 'pulled'))) return;
    const id = await registered(engine.url);
    const pulled = [{ name: 'pulled', containers: [{ image: IMAGE, digest }] }];
    expect((await workloads(id)).items).toMatchObject(pulled);
    await order('POST', `${encodeURIComponent(IMAGE)}/untag`); // removes all its names
    expect((await workloads(id)).items).toMatchObject(pulled);
  } finally {
    await engine.stop();
    await registry.stop();
  }
});

describe("Debian's dockerd on a port that requires client certificates", () => {
  const [authority, stranger] = [selfSignedRsa(), selfSignedRsa()];
  const connected = (connection: object) => registered(secure!.url, { caBundle: authority.cert, connection });
  let secure: Dockerd | null = null;

  beforeAll(async () => {
    for (const [name, { cert, key }] of Object.entries({ authority, stranger })) {
      mkdirSync(join(secrets, 'acme'), { recursive: true });
      writeFileSync(join(secrets, 'acme', name), `${cert}${key}`);
    }
    secure = dockerd && (await unlessRefused(startDockerd({ authority })));
  });
  afterAll(() => secure?.stop());

  it('accepts a certificate that its CA has signed, without a warning', async () => {
    if (!secure) return;
    const id = await connected({ clientCertRef: 'authref://file/authority' });
    expect(await test(id)).toMatchObject({ status: 'healthy', server: { product: 'Docker Engine' }, warnings: [] });
    expect(await workloads(id)).toEqual({ items: [], nextCursor: null });
  });

  it.each([
    ['a request without a certificate', {}, 'mtls_required'],
    ['a certificate of another CA', { clientCertRef: 'authref://file/stranger' }, 'client_certificate_refused'],
  ])('refuses %s, and the verdict says so', async (_what, connection, code) => {
    if (!secure) return;
    expect(await test(await connected(connection))).toMatchObject({ status: 'unhealthy', code });
  });
});

it('a socket does not get in the way of a search for a repository or an image', async () => {
  await registered(`unix://${NAMED}`);
  const asked = { imageRef: 'run/named.sock/team/shop:1' };
  const answer = await catalog.nats.request('integrations.v1.rpc.catalog.resolve', JSON.stringify(asked));
  expect(answer.json()).toMatchObject({ errorCode: 'not_found' });
});

describe('a socket that the operator has not allowed', () => {
  it('cannot be registered, and an integration cannot be moved to it', async () => {
    const body = { name: 'Other', ...docker(OTHER) };
    const refused = await admin.call('POST', 'integrations', { body });
    expectProblem(refused, 422, 'egress_blocked', 'endpoint');
    expect(refused.text).toContain('EGRESS_UNIX_SOCKETS');
    const id = await registered(`unix://${NAMED}`);
    const headers = { 'if-match': '*' };
    const moved = await admin.call('PATCH', `integrations/${id}`, { body: { endpoint: OTHER }, headers });
    expectProblem(moved, 422, 'egress_blocked', 'endpoint');
  });

  it('is not opened for a draft or for an existing integration, neither on demand nor by the poller', async () => {
    const blocked = { code: 'egress_blocked', message: expect.stringContaining('EGRESS_UNIX_SOCKETS') };
    const draft = await admin.call('POST', 'integrations/test', { body: docker(OTHER) });
    expect(draft).toMatchObject({ status: 200, body: blocked });

    const { id } = await register(admin, { ...docker(`unix://${NAMED}`), enabled: false });
    await catalog.sql('UPDATE integration SET endpoint = $2 WHERE id = $1', [id, OTHER]);
    expect(await test(id)).toMatchObject(blocked);
    await admin.call('POST', `integrations/${id}/enable`);
    expect(await firstCheck(id)).toMatchObject({ code: 'egress_blocked' });
  });

  it('is refused for a provider without socket support, allowed or not', async () => {
    for (const endpoint of [`unix://${NAMED}`, OTHER]) {
      const body = { name: 'Nomad', type: 'runtime_host', provider: 'nomad', endpoint };
      expectProblem(await admin.call('POST', 'integrations', { body }), 400, 'invalid_request', 'endpoint');
      const draft = JSON.stringify({ provider: 'nomad', endpoint });
      const answer = await catalog.nats.request('integrations.v1.rpc.probe.draft', draft, { timeout: 60_000 });
      expect(answer.json()).toMatchObject({ result: { code: 'config_invalid' } });
    }
  });
});
