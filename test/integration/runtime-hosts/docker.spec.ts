import { createService } from '@integrations/bootstrap';
import { loadConfig } from '@integrations/config';
import type { HealthReport, ProbeVerdict, WorkloadPage } from '@integrations/contracts';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { HealthWorkerConfig } from '../../../apps/health-worker/src/config';
import { HealthWorkerModule } from '../../../apps/health-worker/src/health-worker.module';
import { eventually } from '../../support/eventually';
import { type Podman, startPodman } from '../../support/podman';
import { expectProblem, register, startCatalog, type TestCatalog, type TestClient } from '../catalog/support';

const SHOP = { 'com.docker.compose.project': 'shop', 'com.docker.compose.service': 'api', tier: 'web' };
/** A socket that answers HTTP as well, as those of other services do, but that the operator has not named. */
const OTHER = 'unix:///run/other.sock';

let podman: Podman;
let catalog: TestCatalog;
let worker: NestFastifyApplication;
let admin: TestClient;
/** Why there are no containers here; null where there are. */
let kernelRefusal: string | null;

beforeAll(async () => {
  podman = await startPodman();
  kernelRefusal = (await podman.run('shop-api-1', SHOP)) ?? (await podman.run('alone', {}));
  if (kernelRefusal !== null) process.emitWarning(`no container runs here, so none is listed: ${kernelRefusal}`);
  catalog = await startCatalog({ egressUnixSockets: [podman.socket] });
  const { databaseUrl: DATABASE_URL, natsUrl: NATS_URL } = catalog.config;
  const config = loadConfig(HealthWorkerConfig, {
    ...{ DATABASE_URL, NATS_URL, LOG_LEVEL: 'silent', PROBE_POLL_MS: '20' },
    ...{ EGRESS_UNIX_SOCKETS: podman.socket, EGRESS_ALLOW: '127.0.0.1/32' },
  });
  const module = HealthWorkerModule.forRoot(config);
  worker = await createService({ name: 'health-worker', config, module, answersRequests: true });
  admin = await catalog.client();
});
afterAll(async () => {
  await worker?.close();
  await catalog?.close();
  await podman?.stop();
});

const docker = (endpoint: string) => ({ type: 'runtime_host', provider: 'docker', endpoint });
const registered = async (endpoint: string) => (await register(admin, docker(endpoint))).id;
const test = async (id: string) => (await admin.call<ProbeVerdict>('POST', `integrations/${id}/test`)).body;
const workloads = async (id: string, query = '') =>
  (await admin.call<WorkloadPage>('GET', `integrations/${id}/workloads${query}`)).body;
const firstCheck = (id: string) =>
  eventually('the first check', async () => {
    const { body } = await admin.call<HealthReport>('GET', `integrations/${id}/health`);
    return body.code ? body : null;
  });

describe("Debian's podman at its socket", () => {
  let id: string;
  beforeAll(async () => {
    id = await registered(`unix://${podman.socket}`);
  });

  it('is tested as what it is', async () => {
    expect(await test(id)).toMatchObject({
      ...{ status: 'healthy', code: 'ok', server: { product: 'Podman', version: expect.stringMatching(/^4\./) } },
      permissions: { granted: ['containers', 'images'], missing: [] },
      ...{ capabilities: ['workloads'], warnings: [] },
    });
  });

  it('is polled', async () => {
    expect(await firstCheck(id)).toMatchObject({ status: 'healthy', code: 'ok' });
  });

  it('lists what it runs, with images, digests and labels', async () => {
    const { items } = await workloads(id);
    if (kernelRefusal !== null) return expect(items).toEqual([]);
    const { image } = podman;
    const digest = expect.stringMatching(/^sha256:[0-9a-f]{64}$/);
    expect(items.toSorted((a, b) => a.name.localeCompare(b.name))).toMatchObject([
      { name: 'alone', kind: 'container', namespace: null, owner: null, labels: {} },
      {
        ...{ name: 'shop-api-1', namespace: 'shop', owner: { kind: 'service', name: 'api' }, labels: SHOP },
        ...{ state: 'running', startedAt: expect.stringMatching(/Z$/), node: null },
        containers: [{ name: 'shop-api-1', image, digest }],
      },
    ]);
  });

  it('finds by labels, namespace and name, page by page', async () => {
    if (kernelRefusal !== null) return;
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

  it('does not stand in the way of those who look for a repository or an image', async () => {
    const asked = { imageRef: 'run/podman.sock/team/shop:1' };
    const answer = await catalog.nats.request('integrations.v1.rpc.catalog.resolve', JSON.stringify(asked));
    expect(answer.json()).toMatchObject({ errorCode: 'not_found' });
  });
});

it("Debian's podman at a port without TLS works as well, with a warning", async () => {
  const verdict = await test(await registered(podman.url));
  expect(verdict).toMatchObject({ status: 'healthy', server: { product: 'Podman' } });
  expect(verdict.warnings).toEqual([expect.stringMatching(/listens without TLS/)]);
});

describe('a socket that the operator has not named', () => {
  it('cannot be registered, nor moved to', async () => {
    const body = { name: 'Other', ...docker(OTHER) };
    const refused = await admin.call('POST', 'integrations', { body });
    expectProblem(refused, 422, 'egress_blocked', 'endpoint');
    expect(refused.text).toContain('EGRESS_UNIX_SOCKETS');
    const id = await registered(`unix://${podman.socket}`);
    const headers = { 'if-match': '*' };
    const moved = await admin.call('PATCH', `integrations/${id}`, { body: { endpoint: OTHER }, headers });
    expectProblem(moved, 422, 'egress_blocked', 'endpoint');
  });

  it('is not opened for a draft, nor for one that was registered before, neither on demand nor by the poller', async () => {
    const blocked = { code: 'egress_blocked', message: expect.stringContaining('EGRESS_UNIX_SOCKETS') };
    const draft = await admin.call('POST', 'integrations/test', { body: docker(OTHER) });
    expect(draft).toMatchObject({ status: 200, body: blocked });

    const { id } = await register(admin, { ...docker(`unix://${podman.socket}`), enabled: false });
    await catalog.sql('UPDATE integration SET endpoint = $2 WHERE id = $1', [id, OTHER]);
    expect(await test(id)).toMatchObject(blocked);
    await admin.call('POST', `integrations/${id}/enable`);
    expect(await firstCheck(id)).toMatchObject({ code: 'egress_blocked' });
  });

  it('is none for a provider that takes no sockets, named or not', async () => {
    for (const endpoint of [`unix://${podman.socket}`, OTHER]) {
      const body = { name: 'Nomad', type: 'runtime_host', provider: 'nomad', endpoint };
      expectProblem(await admin.call('POST', 'integrations', { body }), 400, 'invalid_request', 'endpoint');
      const draft = JSON.stringify({ provider: 'nomad', endpoint });
      const answer = await catalog.nats.request('integrations.v1.rpc.probe.draft', draft, { timeout: 5_000 });
      expect(answer.json()).toMatchObject({ result: { code: 'config_invalid' } });
    }
  });
});
