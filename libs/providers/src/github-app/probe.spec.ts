import type { ProbeVerdict } from '@integrations/contracts';
import type { EgressClient } from '@integrations/provider-kit';
import { type FakeGitHub, generateAppKey } from '../../../../test/support/fake-github/index';
import {
  APP_ID,
  APP_KEY,
  connect,
  INSTALLATION_ID,
  loopbackEgress,
  startAcme,
} from '../../../../test/support/fake-github/connection';
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

  it('proves in a test that the app may annotate, and reads only', async () => {
    const verdict = await test();

    expect(verdict).toMatchObject({
      status: 'healthy',
      code: 'ok',
      server: { product: 'GitHub' },
      principal: { id: 'fake-app', kind: 'github_app' },
      permissions: {
        required: ['checks:write', 'pull_requests:write', 'statuses:write'],
        granted: ['checks:write', 'metadata:read', 'pull_requests:write', 'statuses:write'],
        missing: [],
        excess: [],
        how: 'introspection',
      },
      quota: { limit: 5000, remaining: 4999, resetAt: expect.stringMatching(/Z$/) },
      warnings: [],
    });
    expect(paths()).toEqual([
      'GET /app',
      'GET /app/installations/42',
      'POST /app/installations/42/access_tokens',
      'GET /rate_limit',
    ]);
  });

  it('asks once in a health check', async () => {
    expect(await check()).toMatchObject({ status: 'healthy', code: 'ok' });
    expect(paths()).toEqual(['GET /app/installations/42']);
  });

  it('goes by what the app asks for where no installation is named, and says so', async () => {
    const verdict = await test(unnamed);

    expect(verdict).toMatchObject({ code: 'ok', permissions: { missing: [] } });
    expect(verdict.warnings).toEqual([expect.stringContaining('No installationId')]);
    expect(await check(unnamed)).toMatchObject({ code: 'ok' });
    expect(paths()).toEqual(['GET /app', 'GET /app']);
  });

  describe.each([
    ['test', test],
    ['health check', check],
  ])('in a %s', (_, probe) => {
    it('names each permission that is missing, and each that is too much', async () => {
      installation().permissions = { checks: 'read', statuses: 'write', contents: 'read', metadata: 'read' };
      const verdict = await probe();

      expect(verdict).toMatchObject({
        status: 'unhealthy',
        code: 'scope_insufficient',
        permissions: { missing: ['checks:write', 'pull_requests:write'], excess: ['checks:read', 'contents:read'] },
      });
      expect(failedStage(verdict)).toBe('permissions');
    });

    it('knows a suspended installation', async () => {
      installation().suspended = true;

      expect(await probe()).toMatchObject({ status: 'unhealthy', code: 'credential_disabled' });
    });

    it('knows an installation that is gone', async () => {
      expect(await probe({ ...named, installationId: 43 })).toMatchObject({
        status: 'unhealthy',
        code: 'not_found_or_hidden',
      });
    });

    it('knows a key that is not of this app, and does not send it twice', async () => {
      const verdict = await probe(named, generateAppKey().privateKey);

      expect(verdict).toMatchObject({ status: 'unhealthy', code: 'credential_invalid' });
      expect(failedStage(verdict)).toBe('credential');
      expect(github.requests).toHaveLength(1);
    });

    it('knows a secret that is no key, without a call', async () => {
      const verdict = await probe(named, 'hunter2-hunter2-hunter2');

      expect(verdict).toMatchObject({ code: 'credential_invalid' });
      expect(JSON.stringify(verdict)).not.toContain('hunter2');
      expect(github.requests).toEqual([]);
    });

    it('knows an app that GitHub does not know', async () => {
      const body = '{"message":"Integration not found"}';
      github.inject({ when: () => true, processed: false, reply: { status: 404, body } });
      const verdict = await probe(unnamed);

      expect(verdict).toMatchObject({ code: 'credential_invalid' });
    });

    it.each([
      ['a page', { status: 200, body: '<html>Welcome</html>' }],
      ['JSON of something else', { status: 200, body: '{"status":"UP"}' }],
      ['a 404', { status: 404, body: '404 page not found' }],
    ])('knows that something else answers: %s', async (_what, reply) => {
      github.inject({ when: () => true, processed: false, reply });
      const verdict = await probe(unnamed);

      expect(verdict).toMatchObject({ status: 'unhealthy', code: 'not_this_product' });
      expect(verdict.message).toContain('/api/v3');
    });

    it('takes a used-up quota for no failure', async () => {
      const headers = { 'retry-after': '30' };
      github.inject({ when: () => true, processed: false, reply: { status: 403, headers } });

      expect(await probe()).toMatchObject({ status: 'degraded', code: 'rate_limited', retryAfterMs: 30_000 });
    });

    it('blames the clock when the clocks differ', async () => {
      const skewed = await startAcme({ clockOffsetMs: -300_000 });
      const { integration, deps } = connect(skewed, egress, { config: named });
      const verdict = await (probe === test ? testConnection : checkHealth)(integration, deps, signal);
      await skewed.stop();

      expect(verdict).toMatchObject({ status: 'unhealthy', code: 'clock_skew' });
      expect(verdict.clockSkewMs).toBeLessThan(-290_000);
    });
  });

  it('knows an app that is installed nowhere', async () => {
    const body = JSON.stringify({ id: APP_ID, slug: 'fake-app', permissions: {}, installations_count: 0 });
    github.inject({ when: () => true, processed: false, reply: { status: 200, body } });

    expect(await test(unnamed)).toMatchObject({ status: 'unhealthy', code: 'not_found_or_hidden' });
  });

  it('is degraded when the quota of the installation is used up', async () => {
    const body = JSON.stringify({ rate: { limit: 5000, remaining: 0, reset: 1_900_000_000 } });
    github.inject({ when: ({ path }) => path === '/rate_limit', processed: false, reply: { status: 200, body } });

    expect(await test()).toMatchObject({
      status: 'degraded',
      code: 'rate_limited',
      quota: { remaining: 0, resetAt: '2030-03-17T17:46:40.000Z' },
    });
  });

  it('does without a quota where an Enterprise Server has none', async () => {
    const body = '{"message":"Rate limiting is not enabled."}';
    github.inject({ when: ({ path }) => path === '/rate_limit', processed: false, reply: { status: 404, body } });
    const verdict = await test();

    expect(verdict).toMatchObject({ code: 'ok' });
    expect(verdict.quota).toBeUndefined();
  });

  it('tells the version of an Enterprise Server', async () => {
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
      server: { product: 'GitHub Enterprise Server', version: 'enterprise-server@3.19.1' },
    });
  });
});
