import type { EgressClient } from '@integrations/provider-kit';
import {
  ACCESS_TOKEN,
  API_TOKEN,
  connect,
  CONSUMER,
  startAcme,
  WORKSPACE_TOKEN,
} from '../../../../test/support/fake-bitbucket-cloud/connection';
import type { FakeBitbucketCloud } from '../../../../test/support/fake-bitbucket-cloud/index';
import { loopbackEgress } from '../../../../test/support/fake-vendor/connection';
import { BitbucketCloudConfig } from './config';
import { checkHealth, testConnection } from './probe';

const { signal } = new AbortController();
const API = { authentication: 'api_token' } as const;

describe('The probe of Bitbucket', () => {
  let bitbucket: FakeBitbucketCloud;
  let egress: EgressClient;

  const run = (probe: typeof testConnection, fields: Partial<BitbucketCloudConfig>, secret: string) => {
    const config = Object.assign(new BitbucketCloudConfig(), fields);
    const { integration, deps } = connect(bitbucket, egress, { config, secret });
    return probe(integration, deps, signal);
  };
  const paths = () => bitbucket.requests.map(({ method, path }) => `${method} ${path}`);

  beforeAll(async () => {
    egress = loopbackEgress();
    bitbucket = await startAcme();
  });
  afterEach(() => {
    expect(bitbucket.violations).toEqual([]);
    bitbucket.reset();
  });
  afterAll(async () => {
    await egress.close();
    await bitbucket.stop();
  });

  it('proves the permissions of an API token in a test, with reads only', async () => {
    expect(await run(testConnection, API, API_TOKEN)).toMatchObject({
      ...{ status: 'healthy', code: 'ok', capabilities: ['comment', 'status', 'check_run', 'repositories'] },
      ...{ server: { product: 'Bitbucket Cloud' }, principal: { id: 'Scan Bot', kind: 'user' }, warnings: [] },
      permissions: { required: ['repository', 'pullrequest'], missing: [], excess: [] },
    });
    expect(paths()).toEqual(['GET /user', 'GET /user/workspaces']);
  });

  it.each([
    ['an access token, whose bot Bitbucket does not reveal', {}, ACCESS_TOKEN, 'repository_access_token', 1],
    ['an access token with a configured workspace', { workspace: 'acme' }, ACCESS_TOKEN, 'repository_access_token', 0],
    ['an access token that may read its workspace', {}, WORKSPACE_TOKEN, 'workspace_access_token', 0],
    ['an OAuth consumer', { authentication: 'oauth_consumer' }, CONSUMER, 'oauth_consumer', 0],
  ] as const)('recognises %s', async (_, fields, secret, kind, warnings) => {
    const verdict = await run(testConnection, fields, secret);

    expect(verdict).toMatchObject({ status: 'healthy', principal: { kind }, permissions: { missing: [] } });
    expect(verdict.warnings).toHaveLength(warnings);
  });

  it('requires only the scopes for annotating if no workspace is configured', async () => {
    const scopes = bitbucket.token(API_TOKEN).scopes.filter((scope) => !scope.includes('workspace'));
    bitbucket.token(API_TOKEN).scopes = scopes;

    const verdict = await run(testConnection, API, API_TOKEN);
    expect(verdict).toMatchObject({ status: 'healthy', principal: { id: 'Scan Bot' }, permissions: { missing: [] } });
    expect(verdict.warnings).toEqual([expect.stringContaining('set config.workspace')]);
    expect(paths()).toEqual(['GET /user']);
  });

  it('makes one request in a health check, which does not count towards the rate limit', async () => {
    expect(await run(checkHealth, {}, ACCESS_TOKEN)).toMatchObject({ status: 'healthy', permissions: { missing: [] } });
    expect(paths()).toEqual(['GET /user']);
  });

  describe.each([
    ['test', testConnection],
    ['health check', checkHealth],
  ])('in a %s', (_, probe) => {
    it.each([
      [['repository', 'webhook'], 'degraded', ['status', 'check_run', 'repositories'], ['webhook']],
      [['email'], 'unhealthy', [], []],
    ] as const)('names missing and excess scopes: %j', async (scopes, status, capabilities, excess) => {
      bitbucket.token(ACCESS_TOKEN).scopes = [...scopes];

      const verdict = await run(probe, {}, ACCESS_TOKEN);
      expect(verdict).toMatchObject({ status, code: 'scope_insufficient', capabilities, permissions: { excess } });
      expect(verdict.permissions?.missing).toContain('pullrequest');
    });

    it('reports a missing scope if a token may not read its own account', async () => {
      bitbucket.token(API_TOKEN).scopes = ['read:repository:bitbucket'];

      const verdict = await run(probe, API, API_TOKEN);
      expect(verdict).toMatchObject({ status: 'unhealthy', code: 'scope_insufficient' });
      expect(verdict.message).toContain('needed: account');
    });

    it('tells a wrong credential from an app password, which it does not send', async () => {
      expect(await run(probe, {}, 'ATCTT3xWrong0123456789')).toMatchObject({ code: 'credential_invalid' });
      bitbucket.requests.length = 0;

      const verdict = await run(probe, API, 'scan-bot:ATBB0123456789');
      expect(verdict).toMatchObject({ status: 'unhealthy', code: 'credential_disabled' });
      expect(verdict.message).toMatch(/app password.*since 2026/);
      expect(paths()).toEqual([]);
    });

    it.each([
      ['a page', { status: 200, body: '<html>Welcome</html>' }],
      ['JSON of something else', { status: 200, body: '{"status":"UP"}' }],
      ['a 404', { status: 404, body: '404 page not found' }],
    ])('recognises that something else answers: %s', async (_what, reply) => {
      bitbucket.inject({ when: () => true, processed: false, reply });

      expect(await run(probe, {}, ACCESS_TOKEN)).toMatchObject({ status: 'unhealthy', code: 'not_this_product' });
    });

    it("does not take a proxy's 403 for Bitbucket's answer about an access token", async () => {
      bitbucket.inject({ when: () => true, processed: false, reply: { status: 403, body: '<html>Blocked</html>' } });

      expect(await run(probe, {}, ACCESS_TOKEN)).toMatchObject({ status: 'unhealthy', code: 'scope_insufficient' });
    });

    it('warns when little of the hourly limit is left', async () => {
      bitbucket.isNearLimit = true;

      expect((await run(probe, API, API_TOKEN)).warnings).toEqual([expect.stringContaining('fifth')]);
    });
  });

  it('warns of a workspace in which the account sees no repository', async () => {
    const when = ({ path }: { path: string }) => path === '/repositories/initech';
    bitbucket.inject({ when, processed: false, reply: { status: 200, body: '{"values":[]}' } });
    const { warnings } = await run(testConnection, { ...API, workspace: 'initech' }, API_TOKEN);

    expect(warnings).toEqual(['The account sees no repository in initech']);
  });
});
