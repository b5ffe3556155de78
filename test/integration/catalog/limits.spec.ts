import { newApiToken } from '@integrations/secrets';
import { type Answer, expectProblem, startCatalog, type TestCatalog } from './support';

const LIMIT = 5;
const FAILURES = 3;

describe('the rate limit of a client', () => {
  let catalog: TestCatalog;

  beforeEach(async () => {
    catalog = await startCatalog({
      requestsPerMinute: LIMIT,
      authFailuresPerMinute: FAILURES,
      trustedProxies: ['127.0.0.1'],
    });
  });
  afterEach(() => catalog.close());

  const from = (address: string, token?: string) =>
    catalog.anonymous({
      'x-forwarded-for': address,
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
    });
  const guess = (address: string) => from(address, newApiToken()).call('GET', 'integrations');

  function expectLimited(answer: Answer<unknown>): void {
    expectProblem(answer, 429, 'rate_limited');
    const seconds = Number(answer.headers.get('retry-after'));
    expect(seconds).toBeGreaterThanOrEqual(1);
    expect(seconds).toBeLessThanOrEqual(60);
    expect(answer.headers.get('x-content-type-options')).toBe('nosniff');
    expect(answer.headers.get('cache-control')).toBe('no-store');
  }

  it('counts by token, wherever requests come from, and affects no other token', async () => {
    const { token } = await catalog.client();
    const { token: other } = await catalog.client();
    for (let call = 0; call < LIMIT; call += 1) {
      expect((await from(`192.0.2.${call}`, token).call('GET', 'integrations')).status).toBe(200);
    }
    expectLimited(await from('192.0.2.99', token).call('GET', 'integrations'));
    // A request over the limit is not even parsed.
    expectLimited(await from('192.0.2.99', token).call('POST', 'integrations', { raw: '{' }));
    expect((await from('192.0.2.99', other).call('GET', 'integrations')).status).toBe(200);
  });

  it('counts one client, however it writes its header', async () => {
    const { token } = await catalog.client();
    const asked = (authorization: string) =>
      catalog.anonymous({ 'x-forwarded-for': '192.0.2.1', authorization }).call('GET', 'integrations');
    for (let call = 1; call <= LIMIT; call += 1)
      expect((await asked(`Bearer${' '.repeat(call)}${token}`)).status).toBe(200);
    expectLimited(await asked(`Bearer${' '.repeat(LIMIT + 1)}${token}`));
    expectLimited(await asked(`bearer ${token}`));
  });

  it('counts by address without a token', async () => {
    for (let call = 0; call < LIMIT; call += 1) {
      expect((await from('192.0.2.1').call('GET', 'integrations')).status).toBe(401);
    }
    expectLimited(await from('192.0.2.1').call('GET', 'integrations'));
    expect((await from('192.0.2.2').call('GET', 'integrations')).status).toBe(401);
  });

  it('counts by network when addresses are IPv6', async () => {
    for (let call = 0; call < LIMIT; call += 1) await from(`2001:db8:1:2::${call}`).call('GET', 'integrations');
    expectLimited(await from('2001:db8:1:2:ffff::1').call('GET', 'integrations'));
    expect((await from('2001:db8:1:3::1').call('GET', 'integrations')).status).toBe(401);
  });

  it('ignores the port that a proxy adds to an address, even after another proxy', async () => {
    for (let call = 0; call < LIMIT; call += 1) {
      expect((await from(`192.0.2.1:${5_000 + call}`).call('GET', 'integrations')).status).toBe(401);
    }
    expectLimited(await from('192.0.2.1:6000').call('GET', 'integrations'));
    expectLimited(await from('192.0.2.1').call('GET', 'integrations'));
    expectLimited(await from('192.0.2.1, 127.0.0.1:6000').call('GET', 'integrations'));
    for (let call = 0; call < LIMIT; call += 1) await from(`[2001:db8:1:2::${call}]:443`).call('GET', 'integrations');
    expectLimited(await from('2001:db8:1:2:ffff::1').call('GET', 'integrations'));
  });

  it('exempts health endpoints and metrics', async () => {
    for (let call = 0; call < LIMIT * 3; call += 1) {
      expect((await from('192.0.2.1').call('GET', '/health/live')).status).toBe(200);
      expect((await from('192.0.2.1').call('GET', '/health/ready')).status).toBe(200);
      expect((await from('192.0.2.1').call('GET', '/metrics')).status).toBe(200);
    }
  });

  it('makes an address with refused tokens wait before any further attempt, right or wrong', async () => {
    for (let attempt = 0; attempt < FAILURES; attempt += 1)
      expectProblem(await guess('192.0.2.1'), 401, 'unauthorized');
    expectLimited(await guess('192.0.2.1'));
    const { token } = await catalog.client();
    expectLimited(await from('192.0.2.1', token).call('GET', 'integrations'));
    expect((await from('192.0.2.2', token).call('GET', 'integrations')).status).toBe(200);
  });

  it("does not lock out a known client because of a neighbour's guesses", async () => {
    const { token } = await catalog.client({ name: 'neighbour' });
    expect((await from('192.0.2.1', token).call('GET', 'integrations')).status).toBe(200);
    for (let attempt = 0; attempt <= FAILURES; attempt += 1) await guess('192.0.2.1');
    expect((await from('192.0.2.1', token).call('GET', 'integrations')).status).toBe(200);
    await catalog.sql(`DELETE FROM api_token WHERE name = 'neighbour'`);
    expectProblem(await from('192.0.2.1', token).call('GET', 'integrations'), 401, 'unauthorized');
    expectLimited(await from('192.0.2.1', token).call('GET', 'integrations'));
  });

  it('does not count an absent token or a missing scope as a guess', async () => {
    const { token } = await catalog.client({ scopes: [] });
    for (let attempt = 0; attempt < FAILURES; attempt += 1) {
      expect((await from('192.0.2.1').call('GET', 'integrations')).status).toBe(401);
      expect((await from('192.0.2.1', token).call('GET', 'integrations')).status).toBe(403);
    }
    expectProblem(await guess('192.0.2.1'), 401, 'unauthorized');
  });
});

describe('a forwarded address', () => {
  it('is ignored when the proxy is not trusted', async () => {
    const catalog = await startCatalog({ authFailuresPerMinute: FAILURES });
    try {
      const guess = (n: number) =>
        catalog
          .anonymous({ 'x-forwarded-for': `192.0.2.${n}`, authorization: `Bearer ${newApiToken()}` })
          .call('GET', 'integrations');
      for (let attempt = 0; attempt < FAILURES; attempt += 1) expect((await guess(attempt)).status).toBe(401);
      expectProblem(await guess(99), 429, 'rate_limited');
    } finally {
      await catalog.close();
    }
  });
});

describe('every response', () => {
  it('carries the security headers, and none that lets other origins in', async () => {
    const catalog = await startCatalog();
    try {
      const admin = await catalog.client();
      const paths = ['integrations', 'nothing-here', '/docs', '/health/live', '/metrics'];
      for (const path of paths) {
        const { headers } = await admin.call('GET', path, { headers: { origin: 'https://evil.example' } });
        expect([path, headers.get('content-security-policy')]).toEqual([
          path,
          expect.stringMatching(/default-src 'none'/),
        ]);
        expect(headers.get('content-security-policy')).toContain("frame-ancestors 'none'");
        expect(headers.get('strict-transport-security')).toMatch(/^max-age=\d{8}/);
        expect(headers.get('x-content-type-options')).toBe('nosniff');
        expect(headers.get('x-frame-options')).toBe('SAMEORIGIN');
        expect(headers.get('referrer-policy')).toBe('no-referrer');
        expect(headers.get('cross-origin-opener-policy')).toBe('same-origin');
        expect([...headers.keys()].filter((name) => name.startsWith('access-control-'))).toEqual([]);
        expect(headers.get('x-powered-by')).toBeNull();
      }
    } finally {
      await catalog.close();
    }
  });
});
