import { mkdirSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { OperationResult, Workload, WorkloadPage } from '@integrations/contracts';
import type { IntegrationRow, NewIntegration } from '@integrations/database';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { DIGEST, FakeKubernetes, pod, USER } from '../../support/fake-kubernetes';
import { temporaryDirectory } from '../../support/temporary';
import { WorkerPlatform } from './platform';

let platform: WorkerPlatform;
let app: NestFastifyApplication;
let cluster: FakeKubernetes;
const secrets = temporaryDirectory();
const mount = join(secrets, 'acme/cluster');

beforeAll(async () => {
  [platform, cluster] = await Promise.all([WorkerPlatform.start(), FakeKubernetes.start()]);
  cluster.state.objects['pods'] = [pod('billing', 'ledger'), pod('shop', 'api'), pod('shop', 'web')];
  app = await platform.startApp({ EGRESS_ALLOW: '127.0.0.1/32', SECRETS_DIR: secrets });
  mountToken('the-first-token');
});

afterAll(async () => {
  await app?.close();
  await platform?.stop();
  await cluster.close();
  rmSync(secrets, { recursive: true });
  expect(cluster.violations).toEqual([]);
});

describe('a runtime host over plain NATS', () => {
  it('lists its workloads page by page', async () => {
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

  it('finds workloads by namespace, labels and a part of the name, and refuses a cursor of another list', async () => {
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

  it('uses a new token at once although the old one is cached', async () => {
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
  ])('refuses an invalid %s by name, without calling the vendor', async (field, request) => {
    const { id } = await registered({});
    cluster.requests.length = 0;
    const reply = await ask({ integrationId: id, ...request });
    expect(reply).toMatchObject({ success: false, errorCode: 'invalid_request' });
    expect(reply.details.map((detail) => detail.field)).toContain(field);
    expect(cluster.requests).toEqual([]);
  });

  it("reports missing permissions, another tenant's, disabled and unsuitable integrations", async () => {
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

/** Mounts a token like Kubernetes' projected tokens. The cluster then accepts only this token. */
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
  const host = { type: 'runtime_host', provider: 'kubernetes', endpoint: cluster.url } as const;
  return platform.integrate({ ...host, authRef: 'authref://file/cluster/token', ...overrides });
}

function ask(request: object, tenant = 'acme'): Promise<OperationResult<WorkloadPage>> {
  return platform.ask('integrations.v1.rpc.runtime.workloads', request, tenant);
}
