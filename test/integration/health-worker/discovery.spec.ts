import type { DiscoveredRepository, OperationResult, Page } from '@integrations/contracts';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { WorkerPlatform } from './platform';

const SUBJECT = 'integrations.v1.rpc.probe.discover';

let platform: WorkerPlatform;
let app: NestFastifyApplication;

beforeAll(async () => {
  platform = await WorkerPlatform.start();
  app = await platform.startApp();
});

afterAll(async () => {
  await app?.close();
  await platform?.stop();
});

describe('discovery over plain NATS', () => {
  it('lists what an integration can reach, page by page', async () => {
    const { id } = await platform.integrate();
    const first = await list({ integrationId: id, limit: 2 });
    expect(first.result?.items).toMatchObject([
      { id: '1', owner: 'acme', name: 'shop', archived: false },
      { id: '2', owner: 'acme', name: 'docs', defaultBranch: 'main' },
    ]);
    const rest = await list({ integrationId: id, limit: 2, cursor: first.result!.nextCursor });
    expect(rest.result).toMatchObject({ items: [{ id: '3', archived: true }], nextCursor: null });
  });

  it('finds repositories by a part of the name in any case', async () => {
    const { id } = await platform.integrate();
    const { result } = await list({ integrationId: id, q: 'ME/DO' });
    expect(result?.items.map(({ name }) => name)).toEqual(['docs']);
  });

  it('refuses a cursor that was changed or belongs to another list', async () => {
    const [one, two] = [await platform.integrate(), await platform.integrate()];
    const { result } = await list({ integrationId: one.id, limit: 1 });
    const cursor = result!.nextCursor!;
    for (const request of [
      { integrationId: one.id, cursor: `${cursor}A` },
      { integrationId: one.id, cursor: Buffer.from('2').toString('base64url') },
      { integrationId: one.id, cursor, q: 'shop' },
      { integrationId: two.id, cursor },
    ]) {
      const reply = await list(request);
      expect(reply).toMatchObject({ success: false, errorCode: 'invalid_request', details: [{ field: 'cursor' }] });
    }
  });

  it.each([
    ['invalid_request', 'integrationId', { integrationId: 'seven' }],
    ['invalid_request', 'kind', { kind: 'secrets' }],
    ['invalid_request', 'limit', { limit: 0 }],
    ['invalid_request', 'limit', { limit: 101 }],
    ['invalid_request', 'q', { q: '' }],
    ['invalid_request', 'deep', { deep: true }],
    ['not_found', 'integrationId', { integrationId: '01920000-0000-7000-8000-000000000000' }],
  ])('is refused as %s, naming %s', async (errorCode, field, request) => {
    const { id } = await platform.integrate();
    const reply = await list({ integrationId: id, ...request });
    expect(reply).toMatchObject({ success: false, errorCode });
    expect(reply.details.map((detail) => detail.field)).toContain(field);
  });

  it("does not reach another tenant's integration, nor a disabled one", async () => {
    const { id } = await platform.integrate({ tenantId: 'globex' });
    expect(await list({ integrationId: id })).toMatchObject({ errorCode: 'not_found' });
    expect(await list({ integrationId: id }, 'globex')).toMatchObject({ success: true });
    const disabled = await platform.integrate({ enabled: false });
    expect(await list({ integrationId: disabled.id })).toMatchObject({ errorCode: 'integration_disabled' });
  });

  it.each([
    ['unauthenticated', false],
    ['rate_limited', true],
    ['provider_unavailable', true],
  ])("passes on the vendor's error: %s", async (failWith, isTransient) => {
    const { id } = await platform.integrate({ config: { failWith } });
    const reply = await list({ integrationId: id });
    expect(reply).toMatchObject({ success: false, errorCode: failWith, isTransient });
    expect(reply.retryAfterMs).toBe(failWith === 'rate_limited' ? 1_000 : null);
  });

  it('reports that the provider is not loaded', async () => {
    const { id } = await platform.integrate({ provider: 'bazaar' });
    expect(await list({ integrationId: id })).toMatchObject({ errorCode: 'provider_unavailable' });
  });
});

function list(request: object, tenant = 'acme'): Promise<OperationResult<Page<DiscoveredRepository>>> {
  return platform.ask(SUBJECT, { kind: 'repositories', ...request }, tenant);
}
