import type { ProbeVerdict } from '@integrations/contracts';
import type { EgressClient } from '@integrations/provider-kit';
import { type FakeGitHub, generateAppKey } from '../../../../test/support/fake-github/index';
import { APP_ID, APP_KEY, connect, INSTALLATION_ID, startAcme } from '../../../../test/support/fake-github/connection';
import { loopbackEgress } from '../../../../test/support/fake-vendor/connection';
import type { GitHubAppConfig } from './config';
import { checkHealth, testConnection } from './probe';

const signal = new AbortController().signal;
const named: GitHubAppConfig = { appId: String(APP_ID), installationId: INSTALLATION_ID };
const unnamed: GitHubAppConfig = { appId: String(APP_ID) };

describe('The probe of GitHub', () => {
  let github: FakeGitHub;
  let egress: EgressClient;

  const test = (config = named, privateKey = APP_KEY.privateKey) => {
    const { integration, deps } = connect(github, egress, { config, privateKey });
    return testConnection(integration, deps, signal);
  };
  const check = (config = named, privateKey = APP_KEY.privateKey) => {
    const { integration, deps } = connect(github, egress, { config, privateKey });
    return checkHealth(integration, deps, signal);
  };
  const installation = () => github.world.installations.get(INSTALLATION_ID)!;
  const paths = () => github.requests.map(({ method, path }) => `${method} ${path}`);
  const failedStage = ({ stages }: ProbeVerdict) => stages.find(({ ok }) => !ok)?.name;

  /** Probes a GitHub whose clock is `clockOffsetMs` ahead of ours. */
  const atSkewed = async (probe: typeof testConnection, clockOffsetMs: number, privateKey = APP_KEY.privateKey) => {
    const skewed = await startAcme({ clockOffsetMs });
    try {
      const { integration, deps } = connect(skewed, egress, { config: named, privateKey });
      return await probe(integration, deps, signal);
    } finally {
      await skewed.stop();
    }
  };

  beforeAll(async () => {
    egress = loopbackEgress();
    github = await startAcme();
  });
  afterEach(() => {
    expect(github.violations).toEqual([]);
    github.reset();
  });
  afterAll(async () => {
    await egress.close();
    await github.stop();
  });

  it('proves in a test that the app may annotate, with reads only', async () => {
    const verdict = await test();

    expect(verdict).toMatchObject({
      status: 'healthy',
      code: 'ok',
      server: { product: 'GitHub' },
      principal: { id: 'fake-app', kind: 'github_app' },
      permissions: {
        required: ['checks:write', 'pull_requests:write', 'statuses:write'],
        granted: ['checks:write', 'contents:write', 'metadata:read', 'pull_requests:write', 'statuses:write'],
        missing: [],
        excess: [],
        how: 'introspection',
      },
      capabilities: ['comment', 'status', 'check_run', 'repositories'],
      quota: { limit: 5000, remaining: 4999, resetAt: expect.stringMatching(/Z$/) },
      warnings: ['The installation covers selected repositories only: add new repositories to it'],
    });
    expect(paths()).toEqual([
      'GET /app',
      'GET /app/installations/42',
      'POST /app/installations/42/access_tokens',
      'GET /rate_limit',
    ]);
  });

  it('makes one request in a health check', async () => {
    expect(await check()).toMatchObject({ status: 'healthy', code: 'ok' });
    expect(paths()).toEqual(['GET /app/installations/42']);
  });

  it("uses the app's own permissions if no installation is configured, and warns of it", async () => {
    const verdict = await test(unnamed);

    expect(verdict).toMatchObject({
      code: 'ok',
      permissions: { missing: [] },
      capabilities: ['comment', 'status', 'check_run'],
    });
    expect(verdict.warnings).toEqual([expect.stringContaining('No installationId')]);
    expect(await check(unnamed)).toMatchObject({ code: 'ok' });
    expect(paths()).toEqual(['GET /app', 'GET /app']);
  });

  describe.each([
    ['test', test],
    ['health check', check],
  ])('in a %s', (_, probe) => {
    it('names missing and excess permissions', async () => {
      installation().permissions = { checks: 'read', statuses: 'write', contents: 'read', metadata: 'read' };
      const verdict = await probe();

      expect(verdict).toMatchObject({
        status: 'degraded',
        code: 'scope_insufficient',
        permissions: { missing: ['checks:write', 'pull_requests:write'], excess: ['checks:read', 'contents:read'] },
        capabilities: ['status', 'repositories'],
      });
      expect(failedStage(verdict)).toBe('permissions');
    });

    it('is unhealthy at an installation that allows no annotation', async () => {
      installation().permissions = { metadata: 'read' };

      expect(await probe()).toMatchObject({
        status: 'unhealthy',
        code: 'scope_insufficient',
        capabilities: ['repositories'],
      });
    });

    it('recognises a suspended installation', async () => {
      installation().suspended = true;

      const verdict = await probe();
      expect(verdict).toMatchObject({ status: 'unhealthy', code: 'credential_disabled', capabilities: [] });
      expect(failedStage(verdict)).toBe('permissions');
    });

    it('recognises a missing installation', async () => {
      const verdict = await probe({ ...named, installationId: 43 });
      expect(verdict).toMatchObject({ status: 'unhealthy', code: 'not_found_or_hidden' });
      expect(verdict.message).toContain('installation 43');
      expect(verdict.capabilities).toBeUndefined();
    });

    it('recognises the key of another app, and sends it once', async () => {
      const verdict = await probe(named, generateAppKey().privateKey);

      expect(verdict).toMatchObject({ status: 'unhealthy', code: 'credential_invalid' });
      expect(failedStage(verdict)).toBe('credential');
      expect(github.requests).toHaveLength(1);
    });

    it('recognises a malformed key without a call', async () => {
      const verdict = await probe(named, 'hunter2-hunter2-hunter2');

      expect(verdict).toMatchObject({ code: 'credential_invalid' });
      expect(JSON.stringify(verdict)).not.toContain('hunter2');
      expect(github.requests).toEqual([]);
    });

    it.each([[named], [unnamed]])(
      'tells an app unknown to GitHub from one that is not installed: %j',
      async (config) => {
        const body = '{"message":"Integration not found"}';
        github.inject({ when: () => true, processed: false, reply: { status: 404, body } });
        const verdict = await probe(config);

        expect(verdict).toMatchObject({ status: 'unhealthy', code: 'not_found_or_hidden' });
        expect(verdict.message).toContain('there is no such app');
        expect(failedStage(verdict)).toBe('credential');
      },
    );

    it.each([
      ['a page', { status: 200, body: '<html>Welcome</html>' }],
      ['JSON of something else', { status: 200, body: '{"status":"UP"}' }],
      ['a 404', { status: 404, body: '404 page not found' }],
    ])('recognises that something else answers: %s', async (_what, reply) => {
      github.inject({ when: () => true, processed: false, reply });
      const verdict = await probe(unnamed);

      expect(verdict).toMatchObject({ status: 'unhealthy', code: 'not_this_product' });
      expect(verdict.message).toContain('/api/v3');
    });

    it('is degraded, not unhealthy, at an exhausted rate limit', async () => {
      const headers = { 'retry-after': '30' };
      github.inject({ when: () => true, processed: false, reply: { status: 403, headers } });

      expect(await probe()).toMatchObject({ status: 'degraded', code: 'rate_limited', retryAfterMs: 30_000 });
    });

    it.each([-300_000, 3_600_000])("works by GitHub's clock if ours is wrong (%d ms), and warns", async (ms) => {
      const verdict = await atSkewed(probe === test ? testConnection : checkHealth, ms);

      expect(verdict).toMatchObject({ status: 'healthy', code: 'ok' });
      expect(Math.abs(verdict.clockSkewMs! - ms)).toBeLessThan(10_000);
      expect(verdict.warnings).toContainEqual(expect.stringMatching(ms < 0 ? /behind ours/ : /ahead of ours/));
    });

    it('blames the clock if GitHub does so twice', async () => {
      const body = `{"message":"'Expiration time' claim ('exp') is too far in the future"}`;
      github.inject({ when: () => true, processed: false, times: 9, reply: { status: 401, body } });
      const verdict = await probe();

      expect(verdict).toMatchObject({ status: 'unhealthy', code: 'clock_skew' });
      expect(failedStage(verdict)).toBe('credential');
    });

    it('blames the key if both key and clock are wrong', async () => {
      const { privateKey } = generateAppKey();
      const verdict = await atSkewed(probe === test ? testConnection : checkHealth, -300_000, privateKey);

      expect(verdict).toMatchObject({ status: 'unhealthy', code: 'credential_invalid' });
      expect(verdict.clockSkewMs).toBeLessThan(-290_000);
    });

    it.each([
      ['server_degraded', 'unhealthy', { status: 503, body: '' }],
      ['server_degraded', 'unhealthy', 'reset'],
      ['not_this_product', 'unhealthy', 'garbage'],
    ] as const)('returns %s when GitHub is in trouble (%#)', async (code, status, reply) => {
      github.inject({ when: () => true, processed: false, times: 9, reply });

      expect(await probe()).toMatchObject({ code, status });
    });
  });

  it('says who must do what about a missing permission', async () => {
    installation().permissions = { statuses: 'write', metadata: 'read' };
    const app = { id: APP_ID, slug: 'fake-app', permissions: { checks: 'write', statuses: 'write' } };
    const reply = { status: 200, body: JSON.stringify(app) };
    github.inject({ when: ({ path }) => path === '/app', processed: false, reply });

    expect((await test()).warnings.slice(0, 2)).toEqual([
      'The app asks for checks:write: an owner of the installation has yet to accept it',
      'The app does not ask for pull_requests:write: add it in the settings of the app first',
    ]);
  });

  it('recognises an app that is installed nowhere', async () => {
    const body = JSON.stringify({ id: APP_ID, slug: 'fake-app', permissions: {}, installations_count: 0 });
    github.inject({ when: () => true, processed: false, reply: { status: 200, body } });

    expect(await test(unnamed)).toMatchObject({ status: 'unhealthy', code: 'not_found_or_hidden' });
  });

  it("is degraded when the installation's rate limit is exhausted", async () => {
    const body = JSON.stringify({ rate: { limit: 5000, remaining: 0, reset: 1_900_000_000 } });
    github.inject({ when: ({ path }) => path === '/rate_limit', processed: false, reply: { status: 200, body } });

    expect(await test()).toMatchObject({
      status: 'degraded',
      code: 'rate_limited',
      quota: { remaining: 0, resetAt: '2030-03-17T17:46:40.000Z' },
    });
  });

  it.each([1e18, undefined])('ignores a reset time beyond the calendar: %s', async (reset) => {
    const body = JSON.stringify({ rate: { limit: 5000, remaining: 4999, reset } });
    github.inject({ when: ({ path }) => path === '/rate_limit', processed: false, reply: { status: 200, body } });

    expect(await test()).toMatchObject({ code: 'ok', quota: { limit: 5000, remaining: 4999 } });
  });

  it('works without the rate limit of an Enterprise Server that has none', async () => {
    const body = '{"message":"Rate limiting is not enabled."}';
    github.inject({ when: ({ path }) => path === '/rate_limit', processed: false, reply: { status: 404, body } });
    const verdict = await test();

    expect(verdict).toMatchObject({ code: 'ok' });
    expect(verdict.quota).toBeUndefined();
  });

  it('reports the version of an Enterprise Server', async () => {
    github.inject({
      when: () => true,
      processed: false,
      reply: {
        status: 200,
        headers: { 'x-github-enterprise-version': 'enterprise-server@3.19.1' },
        body: JSON.stringify({ id: APP_ID, slug: 'fake-app' }),
      },
    });

    expect(await check(unnamed)).toMatchObject({
      server: { product: 'GitHub Enterprise Server', version: '3.19.1' },
    });
  });
});
