import { failed, RPC, succeeded } from '@integrations/contracts';
import type { Msg } from '@nats-io/transport-node';
import { expectProblem, register, startCatalog, type TestCatalog, type TestClient } from './support';

const REPOSITORY = {
  id: '7',
  owner: 'acme/team',
  name: 'shop',
  url: 'https://git.example/acme/team/shop',
  defaultBranch: null,
  visibility: 'internal',
  archived: false,
};

describe('GET /integrations/{id}/repositories', () => {
  let catalog: TestCatalog;
  let admin: TestClient;
  let id: string;

  beforeAll(async () => {
    catalog = await startCatalog();
    admin = await catalog.client();
    ({ id } = await register(admin));
  });
  afterAll(() => catalog.close());

  /** Stands in for a health-worker in another process. */
  const withWorker = async <T>(answer: (message: Msg) => unknown, work: () => Promise<T>): Promise<T> => {
    const worker = catalog.nats.subscribe(RPC.probeDiscover, {
      callback: (_error, message) => void message.respond(JSON.stringify(answer(message))),
    });
    await catalog.nats.flush();
    try {
      return await work();
    } finally {
      worker.unsubscribe();
      await catalog.nats.flush();
    }
  };
  const list = (query = '', client = admin) => client.call('GET', `integrations/${id}/repositories${query}`);

  it("asks the health-worker on behalf of the token's tenant, and returns its page", async () => {
    const asked: { body: unknown; tenant: string }[] = [];
    const page = { items: [REPOSITORY], nextCursor: 'abc' };
    const answer = await withWorker(
      (message) => {
        asked.push({ body: message.json(), tenant: message.headers?.get('tenant') ?? '' });
        return succeeded(page);
      },
      () => list('?limit=1&cursor=xyz&q=Shop'),
    );
    expect([answer.status, answer.body]).toEqual([200, page]);
    const body = { integrationId: id, kind: 'repositories', limit: 1, cursor: 'xyz', q: 'Shop' };
    expect(asked).toEqual([{ body, tenant: 'acme' }]);
  });

  it.each([
    ['?limit=0', 'limit'],
    ['?limit=101', 'limit'],
    ['?limit=1e1', 'limit'],
    ['?q=', 'q'],
    ['?cursor=a&cursor=b', 'cursor'],
    ['?page=2', 'page'],
  ])('refuses %s without asking the health-worker', async (query, field) => {
    expectProblem(await list(query), 400, 'invalid_request', field);
  });

  it("finds only the tenant's own integrations, and needs the scope to test", async () => {
    const other = await catalog.client({ tenantId: 'globex' });
    expectProblem(await list('', other), 404, 'not_found');
    const reader = await catalog.client({ scopes: ['integrations:read'] });
    expectProblem(await list('', reader), 403, 'forbidden');
    expectProblem(await list('', catalog.anonymous()), 401, 'unauthorized');
  });

  it('answers 503 while no health-worker runs', async () => {
    const answer = await list();
    expectProblem(answer, 503, 'provider_unavailable');
    expect(answer.body['detail']).toBe('no health-worker is running to list the repositories');
  });

  it.each([
    [400, failed('invalid_request', 'no', { details: [{ field: 'cursor', message: 'must be another' }] })],
    [409, failed('integration_disabled', 'it is disabled')],
    [422, failed('unsupported_operation', 'harbor cannot list anything')],
    [502, failed('unauthenticated', 'the vendor refuses the credential')],
    [429, failed('rate_limited', 'slow down', { retryAfterMs: 6_500 })],
    [502, failed('provider_unavailable', 'GitHub answered 503')],
    [504, failed('timeout', 'GitHub did not answer')],
  ])('answers %d for the corresponding error of the vendor', async (status, reply) => {
    const answer = await withWorker(
      () => reply,
      () => list(),
    );
    expectProblem(answer, status, reply.errorCode!);
    expect(answer.body['detail']).toBe(reply.errorMessage);
    expect(answer.headers.get('retry-after')).toBe(reply.errorCode === 'rate_limited' ? '7' : null);
  });
});
