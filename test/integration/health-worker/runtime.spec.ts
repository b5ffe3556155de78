import { mkdirSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createService } from '@integrations/bootstrap';
import { loadConfig } from '@integrations/config';
import type { OperationResult, Workload, WorkloadPage } from '@integrations/contracts';
import { IntegrationRepository, type IntegrationRow, type NewIntegration } from '@integrations/database';
import { connect, headers, type NatsConnection } from '@nats-io/transport-node';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { v7 as uuidv7 } from 'uuid';
import { HealthWorkerConfig } from '../../../apps/health-worker/src/config';
import { HealthWorkerModule } from '../../../apps/health-worker/src/health-worker.module';
import { DIGEST, FakeKubernetes, pod, USER } from '../../support/fake-kubernetes';
import { startTestNats, type TestNats } from '../../support/nats';
import { temporaryDirectory } from '../../support/temporary';
import { integration, openDatabase, type TestDatabase } from '../database/support';

let db: TestDatabase;
let nats: TestNats;
let caller: NatsConnection;
let app: NestFastifyApplication;
let integrations: IntegrationRepository;
let cluster: FakeKubernetes;
const secrets = temporaryDirectory();
const mount = join(secrets, 'acme/cluster');

beforeAll(async () => {
  [db, nats, cluster] = await Promise.all([openDatabase(), startTestNats(), FakeKubernetes.start()]);
  cluster.state.objects['pods'] = [pod('billing', 'ledger'), pod('shop', 'api'), pod('shop', 'web')];
  caller = await connect({ servers: nats.url });
  integrations = new IntegrationRepository(db.database);
  const config = loadConfig(HealthWorkerConfig, {
    DATABASE_URL: db.url,
    NATS_URL: nats.url,
    DEFAULT_TENANT: 'acme',
    EGRESS_ALLOW: '127.0.0.1/32',
    SECRETS_DIR: secrets,
    LOG_LEVEL: 'silent',
  });
  const module = HealthWorkerModule.forRoot(config);
  app = await createService({ name: 'health-worker', config, module });
  mountToken('the-first-token');
});

afterAll(async () => {
  await app?.close();
  await caller.close();
  await db.close();
  await nats.stop();
  await cluster.close();
  rmSync(secrets, { recursive: true });
  expect(cluster.violations).toEqual([]);
});

describe('a runtime host over plain NATS', () => {
  it('lists what runs, page by page', async () => {
    const { id: integrationId } = await registered({});
    const first = await ask({ integrationId, limit: 2 });
    expect(first).toMatchObject({
      success: true,
      result: { items: [{ namespace: 'billing' }, { namespace: 'shop' }] },
    });
    const rest = await ask({ integrationId, limit: 2, cursor: first.result!.nextCursor });
    const web: Partial<Workload> = { owner: { kind: 'Deployment', name: 'web' }, state: 'running', node: 'node-1' };
    const containers = [{ name: 'main', image: 'registry.example/team/web:1.4', digest: DIGEST }];
    expect(rest.result).toMatchObject({ items: [{ ...web, containers }], nextCursor: null });
  });

  it('finds by namespace, labels and a part of the name, and takes no cursor from one list to another', async () => {
    const { id: integrationId } = await registered({});
    const names = async (request: object) =>
      (await ask({ integrationId, ...request })).result!.items.map(({ labels }) => labels['app']);
    expect(await names({ namespace: 'shop' })).toEqual(['api', 'web']);
    expect(await names({ labels: 'app=web,pod-template-hash' })).toEqual(['web']);
    expect(await names({ q: 'EDG' })).toEqual(['ledger']);
    const { result } = await ask({ integrationId, limit: 1, namespace: 'shop' });
    const elsewhere = await ask({ integrationId, limit: 1, namespace: 'billing', cursor: result!.nextCursor });
    expect(elsewhere).toMatchObject({ errorCode: 'invalid_request', details: [{ field: 'cursor' }] });
  });

  it('uses the token that was put in the place of an older one, although that is remembered', async () => {
    const { id: integrationId } = await registered({});
    expect(await ask({ integrationId })).toMatchObject({ success: true });
    mountToken('the-second-token');
    expect(await ask({ integrationId })).toMatchObject({ success: true });
  });

  it.each([
    ['namespace', { namespace: '' }],
    ['labels', { labels: 'app in (web)' }],
    ['labels', { labels: '!app' }],
    ['limit', { limit: 101 }],
  ])('refuses a wrong %s by its name, and asks nobody', async (field, request) => {
    const { id } = await registered({});
    cluster.requests.length = 0;
    const reply = await ask({ integrationId: id, ...request });
    expect(reply).toMatchObject({ success: false, errorCode: 'invalid_request' });
    expect(reply.details.map((detail) => detail.field)).toContain(field);
    expect(cluster.requests).toEqual([]);
  });

  it('says what may not be seen, whose it is and what is no host', async () => {
    const { id } = await registered({});
    const { grants } = cluster.state;
    cluster.state.grants = [];
    expect(await ask({ integrationId: id })).toMatchObject({ errorCode: 'permission_missing', isTransient: false });
    cluster.state.grants = grants;
    expect(await ask({ integrationId: id }, 'globex')).toMatchObject({ errorCode: 'not_found' });
    const disabled = await registered({ enabled: false });
    expect(await ask({ integrationId: disabled.id })).toMatchObject({ errorCode: 'integration_disabled' });
    const scm = await registered({ type: 'scm', provider: 'in_memory', endpoint: 'memory://local', authRef: null });
    expect(await ask({ integrationId: scm.id })).toMatchObject({ errorCode: 'unsupported_operation' });
  });
});

/** As Kubernetes does with a projected token, which is then the only one that the cluster takes. */
function mountToken(token: string): void {
  const version = `..${token}`;
  const isFirst = mkdirSync(mount, { recursive: true }) !== undefined;
  mkdirSync(join(mount, version));
  writeFileSync(join(mount, version, 'token'), token);
  symlinkSync(version, join(mount, '..data_tmp'));
  renameSync(join(mount, '..data_tmp'), join(mount, '..data'));
  if (isFirst) symlinkSync('..data/token', join(mount, 'token'));
  cluster.state.users.clear();
  cluster.state.users.set(token, USER);
}

function registered(overrides: Partial<NewIntegration>): Promise<IntegrationRow> {
  const defaults = {
    id: uuidv7(),
    authRef: 'authref://file/cluster/token',
    config: {},
    type: 'runtime_host',
    provider: 'kubernetes',
    endpoint: cluster.url,
  };
  return integrations.insert(integration({ ...defaults, ...overrides } as Partial<NewIntegration>));
}

async function ask(request: object, tenant = 'acme'): Promise<OperationResult<WorkloadPage>> {
  const options = { timeout: 15_000, headers: headers() };
  options.headers.set('tenant', tenant);
  const reply = await caller.request('integrations.v1.rpc.runtime.workloads', JSON.stringify(request), options);
  return reply.json();
}
