import { newApiToken } from '@integrations/secrets';
import { signedIn, signIn } from './console';
import { expectProblem, startCatalog, type TestCatalog } from './support';

const LIMIT = 8;
const FAILURES = 3;

describe('signing in at the console', () => {
  let catalog: TestCatalog;

  beforeEach(async () => {
    catalog = await startCatalog({
      requestsPerMinute: LIMIT,
      authFailuresPerMinute: FAILURES,
      trustedProxies: ['127.0.0.1'],
    });
  });
  afterEach(() => catalog.close());

  const signInFrom = (address: string, token: string) => signIn(catalog, token, { 'x-forwarded-for': address });

  it('is limited to as many wrong tokens as any other request', async () => {
    for (let attempt = 0; attempt < FAILURES; attempt += 1)
      expectProblem(await signInFrom('192.0.2.1', newApiToken()), 401, 'unauthorized');
    const { token } = await catalog.client();
    const refused = await signInFrom('192.0.2.1', token);
    expectProblem(refused, 429, 'rate_limited');
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThanOrEqual(1);
    expect((await signInFrom('192.0.2.2', token)).status).toBe(200);
  });

  it('is not a way around that limit by guessing cookies', async () => {
    const from = { 'x-forwarded-for': '192.0.2.1', 'x-requested-with': 'integrations-console' };
    const guess = () =>
      catalog.anonymous({ ...from, cookie: `integrations=${newApiToken()}` }).call('GET', '/console/session');
    for (let attempt = 0; attempt < FAILURES; attempt += 1) expectProblem(await guess(), 401, 'unauthorized');
    expectProblem(await guess(), 429, 'rate_limited');
  });

  it('counts requests by token, whether it comes in the cookie or in the header', async () => {
    const client = await catalog.client();
    const session = await signedIn(catalog, client.token);
    for (let call = 0; call < LIMIT; call += 1) {
      const { status } = await (call % 2 ? client : session).call('GET', 'integrations', {
        headers: { 'x-forwarded-for': `192.0.2.${call}` },
      });
      expect(status).toBe(200);
    }
    expectProblem(await client.call('GET', 'integrations'), 429, 'rate_limited');
    expectProblem(await session.call('GET', 'integrations'), 429, 'rate_limited');
  });
});
