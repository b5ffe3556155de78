import type { EgressClient } from '@integrations/provider-kit';
import { connect, startAcme, TOKEN } from '../../../../test/support/fake-gitea/connection';
import type { FakeGitea } from '../../../../test/support/fake-gitea/index';
import { loopbackEgress } from '../../../../test/support/fake-vendor/connection';
import { GiteaConfig } from './config';
import { checkHealth, testConnection } from './probe';

const { signal } = new AbortController();

describe('The probe of Gitea', () => {
  let gitea: FakeGitea;
  let egress: EgressClient;

  const run = (probe: typeof testConnection, token = TOKEN) => {
    const { integration, deps } = connect(gitea, egress, { config: new GiteaConfig(), token });
    return probe(integration, deps, signal);
  };
  const paths = () => gitea.requests.map(({ method, path }) => `${method} ${path}`);

  beforeAll(async () => {
    egress = loopbackEgress();
    gitea = await startAcme();
  });
  afterEach(() => {
    expect(gitea.violations).toEqual([]);
    gitea.reset();
  });
  afterAll(async () => {
    await egress.close();
    await gitea.stop();
  });

  it('proves the permissions of a token in a test, at a repository that cannot exist', async () => {
    expect(await run(testConnection)).toMatchObject({
      ...{ status: 'healthy', code: 'ok', capabilities: ['comment', 'status', 'check_run', 'repositories'] },
      permissions: { granted: ['read:user', 'write:issue', 'write:repository'], missing: [], how: 'dry_run' },
      principal: { id: 'scanner' },
      server: { product: 'Gitea', version: '1.26.1' },
      warnings: [],
    });
    expect(paths()).toEqual([
      ...['GET /user', 'GET /version', `POST /repos/scanner/-/statuses/${'0'.repeat(40)}`],
      ...['PATCH /repos/scanner/-/issues/comments/0', 'GET /repos/search'],
    ]);
  });

  it('makes one request in a health check', async () => {
    expect(await run(checkHealth)).toMatchObject({ status: 'healthy', principal: { id: 'scanner' } });
    expect(paths()).toEqual(['GET /user']);
  });

  it.each([
    ['12.0.1+gitea-1.22.0', 'Forgejo', '12.0.1'],
    ['1.25.0+dev-10-gabcdef', 'Gitea', '1.25.0+dev-10-gabcdef'],
  ])('recognises the product by the version %s', async (version, product, known) => {
    const body = JSON.stringify({ version });
    gitea.inject({ when: ({ path }) => path === '/version', processed: false, reply: { status: 200, body } });

    expect(await run(testConnection)).toMatchObject({ server: { product, version: known } });
  });

  it.each([
    [['read:user', 'write:repository', 'read:issue'], ['write:issue'], ['status', 'repositories']],
    [['read:user', 'read:repository', 'write:issue'], ['write:repository'], ['comment', 'repositories']],
    [['read:user', 'write:issue'], ['write:repository'], ['comment']],
  ])('names the scopes missing from %j', async (scopes, missing, capabilities) => {
    gitea.token(TOKEN).scopes = scopes;
    const permissions = { missing, granted: [...scopes].sort() };
    const verdict = { status: 'degraded', code: 'scope_insufficient', capabilities };
    expect(await run(testConnection)).toMatchObject({ ...verdict, permissions });

    gitea.world.tellsScopes = false;
    const known = scopes.filter((scope) => scope === 'read:user' || scope.startsWith('write:')).sort();
    expect(await run(testConnection)).toMatchObject({ ...verdict, permissions: { missing, granted: known } });
  });

  it('accepts a scope that includes all others', async () => {
    gitea.token(TOKEN).scopes = ['all'];

    expect(await run(testConnection)).toMatchObject({ status: 'healthy', permissions: { missing: [] } });
  });

  it('warns of a user who may not write to any repository', async () => {
    for (const repository of gitea.world.repositories) repository.writable = false;

    expect((await run(testConnection)).warnings).toEqual([expect.stringContaining('may not write to any repository')]);
  });

  describe.each([
    ['test', testConnection],
    ['health check', checkHealth],
  ])('in a %s', (_, probe) => {
    it('names the scope without which nothing works', async () => {
      gitea.token(TOKEN).scopes = ['write:repository', 'write:issue'];
      const { status, code, stages } = await run(probe);

      expect({ status, code }).toEqual({ status: 'unhealthy', code: 'scope_insufficient' });
      expect(stages.at(-1)?.detail).toContain('(needed: read:user)');
    });

    it.each([false, true])(
      'recognises a wrong token, also if the instance requires sign-in: %s',
      async (requiresSignIn) => {
        gitea.world.requiresSignIn = requiresSignIn;

        expect(await run(probe, 'wrong-0123456789')).toMatchObject({ status: 'unhealthy', code: 'credential_invalid' });
      },
    );

    it('recognises an account that may not sign in', async () => {
      gitea.token(TOKEN).user.prohibited = true;

      expect(await run(probe)).toMatchObject({ status: 'unhealthy', code: 'credential_disabled' });
    });

    it.each(['This account is not activated.', 'You must change your password. Change it at: https://gitea.test/'])(
      'recognises an account that must do something first: %s',
      async (message) => {
        gitea.inject({ when: () => true, processed: false, reply: { status: 403, body: JSON.stringify({ message }) } });

        expect(await run(probe)).toMatchObject({ status: 'unhealthy', code: 'credential_disabled' });
      },
    );

    it.each([
      ['a page', { status: 200, body: '<html>Welcome</html>' }],
      ['JSON of something else', { status: 200, body: '{"status":"UP"}' }],
      ['a 404', { status: 404, body: '404 page not found' }],
    ])('recognises that something else answers: %s', async (_what, reply) => {
      gitea.inject({ when: () => true, processed: false, reply });

      expect(await run(probe)).toMatchObject({ status: 'unhealthy', code: 'not_this_product' });
    });
  });
});
