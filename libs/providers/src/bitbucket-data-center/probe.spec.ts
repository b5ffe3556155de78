import type { EgressClient } from '@integrations/provider-kit';
import {
  connect,
  PROJECT_TOKEN,
  startAcme,
  TOKEN,
} from '../../../../test/support/fake-bitbucket-data-center/connection';
import type {
  FakeBitbucketDataCenter,
  FakeBitbucketOptions,
} from '../../../../test/support/fake-bitbucket-data-center/index';
import { loopbackEgress } from '../../../../test/support/fake-vendor/connection';
import { BitbucketDataCenterConfig } from './config';
import { checkHealth, testConnection } from './probe';

const { signal } = new AbortController();
const PROPERTIES = '/rest/api/latest/application-properties';

describe('The probe of Bitbucket Data Center', () => {
  let bitbucket: FakeBitbucketDataCenter;
  let egress: EgressClient;

  const start = async (options: Partial<FakeBitbucketOptions> = {}) => {
    bitbucket = await startAcme({ basePath: '/bitbucket', ...options });
  };
  const run = (probe: typeof testConnection, token = TOKEN) => {
    const config = new BitbucketDataCenterConfig();
    const { integration, deps } = connect(bitbucket, egress, { config, token });
    return probe(integration, deps, signal);
  };
  const paths = () => bitbucket.requests.map(({ method, path }) => `${method} ${path}`);

  beforeAll(() => (egress = loopbackEgress()));
  afterEach(async () => {
    expect(bitbucket.violations).toEqual([]);
    await bitbucket.stop();
  });
  afterAll(() => egress.close());

  it('proves user and permissions in a test, with reads only', async () => {
    await start({ rateLimit: 60 });

    expect(await run(testConnection)).toMatchObject({
      ...{ status: 'healthy', code: 'ok', server: { product: 'Bitbucket Data Center', version: '9.4.0' } },
      principal: { id: 'scanner bot', kind: 'user' },
      permissions: { granted: ['REPO_READ', 'REPO_WRITE'], missing: [], excess: [] },
      ...{ quota: { limit: 60 }, warnings: [] },
    });
    expect(paths()).toEqual([`GET ${PROPERTIES}`, ...Array(3).fill('GET /rest/api/latest/repos')]);
  });

  it('makes one request in a health check', async () => {
    await start();
    expect(await run(checkHealth)).toMatchObject({ status: 'healthy', principal: { id: 'scanner bot' } });
    expect(paths()).toEqual([`GET ${PROPERTIES}`]);
  });

  it('names the hidden user of a project token', async () => {
    await start();
    expect((await run(checkHealth, PROJECT_TOKEN)).principal?.id).toBe('access-token-user/1/77');
  });

  it.each([
    ['REPO_ADMIN', 'healthy', [], ['REPO_ADMIN']],
    ['REPO_READ', 'degraded', ['REPO_WRITE'], []],
    [null, 'unhealthy', ['REPO_READ', 'REPO_WRITE'], []],
  ] as const)(
    'reports missing and excess permissions of a token with %s',
    async (permission, status, missing, excess) => {
      await start();
      for (const repository of bitbucket.world.repositories) repository.permission = permission;
      expect(await run(testConnection)).toMatchObject({ status, permissions: { missing, excess } });
    },
  );

  it('asks for the user if a proxy drops the header that names it', async () => {
    await start({ hidesUser: true });
    expect(await run(checkHealth)).toMatchObject({ status: 'healthy', principal: { id: 'scanner bot' } });
    expect(paths()).toEqual([`GET ${PROPERTIES}`, 'GET /plugins/servlet/applinks/whoami']);
  });

  it('recognises that it is anonymous', async () => {
    await start();
    const properties = { status: 200, body: '{"version":"9.4.0","buildNumber":"1","displayName":"Bitbucket"}' };
    const headers = { 'content-type': 'text/plain' };
    bitbucket.inject({ when: ({ path }) => path === PROPERTIES, processed: false, reply: properties });
    bitbucket.inject({ when: () => true, processed: false, reply: { status: 200, headers, body: '' } });

    expect(await run(testConnection)).toMatchObject({ status: 'unhealthy', code: 'anonymous_only' });
  });

  it('warns of a version older than the supported ones', async () => {
    await start({ version: '6.10.1' });
    expect((await run(checkHealth)).warnings).toEqual([expect.stringContaining('6.10.1 is older')]);
  });

  describe.each([
    ['test', testConnection],
    ['health check', checkHealth],
  ])('in a %s', (_, probe) => {
    it('recognises a deactivated account', async () => {
      await start();
      const errors = [{ exceptionName: 'com.atlassian.bitbucket.auth.InactiveUserAuthenticationException' }];
      const reply = { status: 401, body: JSON.stringify({ errors }) };
      bitbucket.inject({ when: () => true, processed: false, times: 9, reply });
      expect(await run(probe)).toMatchObject({ status: 'unhealthy', code: 'credential_disabled' });
    });

    it('tells expired, wrong and locked credentials apart, and sends a locked one once', async () => {
      await start();
      expect(await run(probe, 'wrong-0123456789')).toMatchObject({ code: 'credential_invalid' });
      bitbucket.token(TOKEN).expired = true;
      expect(await run(probe)).toMatchObject({ status: 'unhealthy', code: 'credential_expired' });
      Object.assign(bitbucket.token(TOKEN), { expired: false, locked: true });
      bitbucket.requests.length = 0;
      const verdict = await run(probe);
      expect(verdict).toMatchObject({ status: 'unhealthy', code: 'credential_disabled' });
      expect(verdict.message).toContain('CAPTCHA');
      expect(bitbucket.requests).toHaveLength(1);
    });

    it.each([
      ['a page', { status: 200, body: '<html>Welcome</html>' }],
      ['JSON of something else', { status: 200, body: '{"version":"2.1"}' }],
      ['a 404', { status: 404, body: '404 page not found' }],
    ])('recognises that something else answers: %s', async (_what, reply) => {
      await start();
      bitbucket.inject({ when: () => true, processed: false, reply });

      expect(await run(probe)).toMatchObject({ status: 'unhealthy', code: 'not_this_product' });
    });

    it('reports an instance that is starting or under maintenance', async () => {
      await start();
      const reply = { status: 503, body: '<html><title>Bitbucket is starting up</title></html>' };
      bitbucket.inject({ when: () => true, processed: false, reply });
      const verdict = await run(probe);

      expect(verdict.code).toBe('server_degraded');
      expect(verdict.message).toContain('under maintenance');
    });
  });
});
