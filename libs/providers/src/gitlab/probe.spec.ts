import type { EgressClient } from '@integrations/provider-kit';
import { connect, JOB_TOKEN, PROJECT, startAcme, TOKEN } from '../../../../test/support/fake-gitlab/connection';
import { loopbackEgress } from '../../../../test/support/fake-vendor/connection';
import type { FakeGitLab } from '../../../../test/support/fake-gitlab/index';
import { GitLabConfig } from './config';
import { checkHealth, testConnection } from './probe';

const { signal } = new AbortController();

describe('The probe of GitLab', () => {
  let gitlab: FakeGitLab;
  let egress: EgressClient;

  const run = (probe: typeof testConnection, fields: Partial<GitLabConfig> = {}, token = TOKEN) => {
    const { integration, deps } = connect(gitlab, egress, { config: Object.assign(new GitLabConfig(), fields), token });
    return probe(integration, deps, signal);
  };
  const paths = () => gitlab.requests.map(({ method, path }) => `${method} ${path}`);

  beforeAll(async () => {
    egress = loopbackEgress();
    gitlab = await startAcme();
  });
  afterEach(() => {
    expect(gitlab.violations).toEqual([]);
    gitlab.reset();
  });
  afterAll(async () => {
    await egress.close();
    await gitlab.stop();
  });

  it("proves the token's permissions in a test, with reads only", async () => {
    expect(await run(testConnection)).toMatchObject({
      ...{ status: 'healthy', code: 'ok', capabilities: ['comment', 'status', 'check_run', 'repositories'] },
      permissions: { required: ['api', 'read_repository', 'write_repository'], granted: ['api'], missing: [] },
      quota: { limit: 100_000, resetAt: expect.stringMatching(/Z$/) },
      warnings: [],
    });
    expect(paths()).toEqual(['GET /personal_access_tokens/self', 'GET /user', 'GET /metadata', 'GET /projects']);
  });

  it('ignores a reset time beyond the calendar', async () => {
    const headers = { 'ratelimit-limit': '2000', 'ratelimit-remaining': '1999', 'ratelimit-reset': '1e18' };
    const body = JSON.stringify({ id: 1, scopes: ['api'], active: true, revoked: false, expires_at: null });
    const reply = { status: 200, headers: { 'content-type': 'application/json', ...headers }, body };
    gitlab.inject({ when: ({ path }) => path.endsWith('/self'), processed: false, reply });

    expect(await run(checkHealth)).toMatchObject({ status: 'healthy', quota: { limit: 2_000, remaining: 1_999 } });
  });

  it('makes one request in a health check', async () => {
    expect(await run(checkHealth)).toMatchObject({ status: 'healthy', permissions: { missing: [] } });
    expect(paths()).toEqual(['GET /personal_access_tokens/self']);
  });

  describe.each([
    ['test', testConnection],
    ['health check', checkHealth],
  ])('in a %s', (_, probe) => {
    it.each([
      [['read_api', 'write_repository'], 'degraded', ['repositories']],
      [['read_user'], 'unhealthy', []],
    ] as const)('names the missing scopes: %j', async (scopes, status, capabilities) => {
      gitlab.token(TOKEN).scopes = [...scopes];

      const verdict = await run(probe);
      expect(verdict).toMatchObject({ status, code: 'scope_insufficient', capabilities });
      expect(verdict.permissions?.missing).toContain('api');
    });

    it('tells an expired token from a wrong one', async () => {
      expect(await run(probe, {}, 'glpat-wrong-0123456789')).toMatchObject({ code: 'credential_invalid' });
      gitlab.token(TOKEN).expiresAt = '2020-01-01';
      expect(await run(probe)).toMatchObject({ status: 'unhealthy', code: 'credential_expired' });
    });

    it.each([
      'Your account has been blocked.',
      'Your account is pending approval from your administrator and hence blocked.',
      'Your account has been deactivated by your administrator. Please log back in from a web browser to reactivate your account',
      'Your primary email address is not confirmed. In case the link is expired, you can request a new confirmation email',
      'Your password expired. Please access GitLab from a web browser to update your password.',
      'You (@bot) must accept the Terms of Service in order to perform this action.',
    ])('recognises an account that may not use the API: %s', async (why) => {
      const body = JSON.stringify({ message: `403 Forbidden - ${why}` });
      gitlab.inject({ when: () => true, processed: false, reply: { status: 403, body } });
      expect(await run(probe)).toMatchObject({ status: 'unhealthy', code: 'credential_disabled' });
    });

    it('warns of a token that expires soon', async () => {
      gitlab.token(TOKEN).expiresAt = new Date(Date.now() + 3 * 86_400_000).toISOString().slice(0, 10);

      expect((await run(probe)).warnings).toEqual([expect.stringMatching(/^The token expires in [23] days$/)]);
    });

    it('recognises a CI job token, which authenticates but may annotate nothing', async () => {
      expect(await run(probe, { tokenHeader: 'JOB-TOKEN' }, JOB_TOKEN)).toMatchObject({
        ...{ status: 'unhealthy', code: 'scope_insufficient', capabilities: [] },
        principal: { kind: 'ci_job' },
      });
    });

    it.each([
      ['a page', { status: 200, body: '<html>Welcome</html>' }],
      ['JSON of something else', { status: 200, body: '{"status":"UP"}' }],
      ['a 404', { status: 404, body: '404 page not found' }],
    ])('recognises that something else answers: %s', async (_what, reply) => {
      gitlab.inject({ when: () => true, processed: false, reply });

      expect(await run(probe)).toMatchObject({ status: 'unhealthy', code: 'not_this_product' });
    });
  });

  it('warns of unknown scopes if GitLab does not describe the token', async () => {
    const when = ({ path }: { path: string }) => path === '/personal_access_tokens/self';
    gitlab.inject({ when, processed: false, reply: { status: 400, body: '{"message":"400 Bad request"}' } });
    const verdict = await run(testConnection, { tokenHeader: 'Authorization' });

    expect(verdict).toMatchObject({ status: 'healthy', warnings: [expect.stringContaining('scopes')] });
    expect(verdict.permissions).toBeUndefined();
  });

  describe('with a fine-grained token, whose permissions GitLab does not report', () => {
    const unreported = expect.stringContaining('does not report the scopes');
    beforeEach(() => {
      Object.assign(gitlab.token(TOKEN), { scopes: ['granular'], permissions: ['User: Read', 'Project: Read'] });
    });

    it('warns of it, and reports no missing scope', async () => {
      expect(await run(testConnection)).toMatchObject({ status: 'healthy', code: 'ok', warnings: [unreported] });
      const verdict = await run(checkHealth);
      expect(verdict).toMatchObject({ status: 'healthy', warnings: [unreported] });
      expect(verdict.permissions).toBeUndefined();
    });

    it('reports the expiry if the token may read it', async () => {
      const expiresAt = new Date(Date.now() + 3 * 86_400_000).toISOString().slice(0, 10);
      gitlab.token(TOKEN).expiresAt = expiresAt;
      gitlab.token(TOKEN).permissions.push('Personal Access Token: Read');

      expect((await run(checkHealth)).warnings).toEqual([expect.stringContaining('The token expires in'), unreported]);
    });

    it('names the permission that a test needs', async () => {
      gitlab.token(TOKEN).permissions = ['Project: Read'];

      const verdict = await run(testConnection);
      expect(verdict).toMatchObject({ status: 'unhealthy', code: 'scope_insufficient' });
      expect(verdict.message).toContain('needed: User: Read');
    });
  });

  it('recognises a blocked account, and warns of one that is a Developer in no project', async () => {
    for (const project of gitlab.world.projects) project.accessLevel = 20;
    expect((await run(testConnection)).warnings).toEqual([expect.stringContaining('Developer in no project')]);
    gitlab.world.project(PROJECT).accessLevel = 30;
    gitlab.token(TOKEN).user.state = 'blocked';
    expect(await run(testConnection)).toMatchObject({ status: 'unhealthy', code: 'credential_disabled' });
  });
});
