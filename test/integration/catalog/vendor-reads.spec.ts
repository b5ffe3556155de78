import { failed, RPC, succeeded } from '@integrations/contracts';
import type { Msg } from '@nats-io/transport-node';
import { expectProblem, register, startCatalog, type TestCatalog, type TestClient } from './support';

const DIGEST = `sha256:${'a'.repeat(64)}`;
const SHA = 'b'.repeat(40);
const ROUTES = [
  ['tags', RPC.registryTags, '?repository=team%2Fshop&q=1.', { repository: 'team/shop', q: '1.', limit: 50 }],
  [
    'digest',
    RPC.registryResolve,
    '?repository=team%2Fshop&reference=stable&platform=linux%2Farm64',
    { repository: 'team/shop', reference: 'stable', platform: 'linux/arm64' },
  ],
  [
    'referrers',
    RPC.registryReferrers,
    `?repository=team%2Fshop&digest=${DIGEST}`,
    { repository: 'team/shop', digest: DIGEST, limit: 50 },
  ],
  ['pipelines', RPC.ciPipelines, '?q=shop&limit=5', { q: 'shop', limit: 5 }],
  [
    'runs',
    RPC.ciRuns,
    `?pipeline=team%2Fshop&repository=acme%2Fshop&commit=${SHA}`,
    { pipeline: 'team/shop', repository: 'acme/shop', commit: SHA, limit: 50 },
  ],
  [
    'workloads',
    RPC.runtimeWorkloads,
    '?namespace=shop&labels=app%3Dshop%2Ctier&q=web',
    { namespace: 'shop', labels: 'app=shop,tier', q: 'web', limit: 50 },
  ],
] as const;

describe('a read from a vendor over REST', () => {
  let catalog: TestCatalog;
  let admin: TestClient;
  let id: string;

  beforeAll(async () => {
    catalog = await startCatalog();
    admin = await catalog.client();
    ({ id } = await register(admin, { type: 'registry', provider: 'oci', endpoint: 'https://registry.example' }));
  });
  afterAll(() => catalog.close());

  it.each(ROUTES)(
    "of %s is passed to the health-worker on behalf of the token's tenant",
    async (route, subject, query, body) => {
      const asked: { body: unknown; tenant: string }[] = [];
      const callback = (_error: unknown, message: Msg) => {
        asked.push({ body: message.json(), tenant: message.headers?.get('tenant') ?? '' });
        message.respond(JSON.stringify(succeeded({ answered: route })));
      };
      const worker = catalog.nats.subscribe(subject, { callback });
      await catalog.nats.flush();
      const answer = await admin.call('GET', `integrations/${id}/${route}${query}`);
      worker.unsubscribe();
      expect([answer.status, answer.body]).toEqual([200, { answered: route }]);
      expect(asked).toEqual([{ body: { integrationId: id, ...body }, tenant: 'acme' }]);
    },
  );

  it.each([
    ['tags', '', 'repository'],
    ['tags', '?repository=UPPER', 'repository'],
    ['tags', '?repository=a&limit=101', 'limit'],
    ['digest', '?repository=a', 'reference'],
    ['digest', '?repository=a&reference=a%20b', 'reference'],
    ['referrers', '?repository=a&digest=latest', 'digest'],
    ['pipelines', '?limit=0', 'limit'],
    ['runs', '?commit=main', 'commit'],
    ['runs', '?pipeline=', 'pipeline'],
    ['runs', '?q=shop', 'q'],
    ['workloads', '?labels=app%3D%3Dshop', 'labels'],
    ['workloads', '?labels=app,', 'labels'],
    ['workloads', '?namespace=', 'namespace'],
  ])('of %s%s is refused without asking the health-worker', async (route, query, field) => {
    expectProblem(await admin.call('GET', `integrations/${id}/${route}${query}`), 400, 'invalid_request', field);
  });

  it("finds only the tenant's own integrations, and needs the scope to test", async () => {
    const [path, other] = [`integrations/${id}/tags?repository=a`, await catalog.client({ tenantId: 'globex' })];
    expectProblem(await other.call('GET', path), 404, 'not_found');
    const reader = await catalog.client({ scopes: ['integrations:read'] });
    expectProblem(await reader.call('GET', path), 403, 'forbidden');
    expectProblem(await admin.call('GET', path), 503, 'provider_unavailable');
  });

  it("passes on that a registry's answer does not match its digest", async () => {
    const callback = (_error: unknown, message: Msg) =>
      void message.respond(JSON.stringify(failed('digest_mismatch', 'What came back is not what its digest names')));
    const worker = catalog.nats.subscribe(RPC.registryResolve, { callback });
    await catalog.nats.flush();
    const answer = await admin.call('GET', `integrations/${id}/digest?repository=a&reference=b`);
    worker.unsubscribe();
    expectProblem(answer, 502, 'digest_mismatch');
  });
});
