import type { EgressClient } from '@integrations/provider-kit';
import { connectTo, loopbackEgress } from '../../../../test/support/fake-vendor/connection';
import { HttpAnswer } from '../../../../test/support/fake-vendor/answer';
import {
  DEPLOY_TOKEN,
  DEPLOY_USER,
  type FakeGitLabRegistry,
  startGitLabRegistry,
  TOKEN,
  USER,
} from './__fixtures__/fake-gitlab-registry';
import { gitlabOf } from './client';
import { GitLabRegistryConfig } from './config';
import { createGitLabRegistryPlugin } from './plugin';

const plugin = createGitLabRegistryPlugin();
const { signal } = new AbortController();
const everything = { limit: 10, cursor: null, q: null };
const canary = 'acme/app:stable';

interface Who {
  readonly secret?: string;
  readonly fields?: Partial<GitLabRegistryConfig>;
  readonly endpoint?: string;
}

const DEPLOY: Who = { secret: DEPLOY_TOKEN, fields: { username: DEPLOY_USER, canary } };

describe('gitlab_registry', () => {
  let gitlab: FakeGitLabRegistry;
  let egress: EgressClient;

  const connect = ({ secret = TOKEN, fields = {}, endpoint = gitlab.registry.url }: Who = {}) => {
    const config = Object.assign(new GitLabRegistryConfig(), { path: 'acme', username: USER }, fields);
    const integration = { integrationId: 'a', tenantId: 'b', endpoint, config };
    return connectTo(egress, { endpoint, config, secret, origins: plugin.origins!(integration) });
  };
  const open = (who?: Who) => {
    const { integration, deps } = connect(who);
    return plugin.open(integration, deps);
  };
  const test = (who?: Who) => {
    const { integration, deps } = connect(who);
    return plugin.testConnection(integration, deps, signal);
  };
  const list = (limit: number, cursor: string | null, q: string | null = null, who?: Who) =>
    open(who).discovery!.repositories!({ limit, cursor, q }, signal);

  beforeAll(() => {
    egress = loopbackEgress();
  });
  beforeEach(async () => {
    gitlab = await startGitLabRegistry();
  });
  afterEach(() => gitlab.registry.close());
  afterAll(() => egress.close());

  it.each([
    ['https://registry.gitlab.com', undefined, 'https://gitlab.com'],
    ['https://git.example:5050', undefined, 'https://git.example:5050'],
    ['https://registry.example', 'https://example/gitlab/', 'https://example/gitlab'],
  ])('finds GitLab for %s with gitlabUrl %s at %s', (endpoint, gitlabUrl, found) => {
    const config = Object.assign(new GitLabRegistryConfig(), { path: 'acme' }, gitlabUrl ? { gitlabUrl } : {});
    expect(gitlabOf({ integrationId: 'a', tenantId: 'b', endpoint, config })).toBe(found);
  });

  it("reports the token's user, scopes and expiry, and the version of the registry", async () => {
    Object.assign(gitlab.token, { scopes: ['api', 'read_registry'], expires_at: '2099-01-31' });
    expect(await test({ fields: { canary } })).toMatchObject({
      ...{ status: 'healthy', code: 'ok', principal: { id: 'mona', kind: 'user' }, warnings: [] },
      server: { product: 'GitLab Container Registry', version: '4.30.0-gitlab' },
      permissions: { granted: ['api', 'read_registry'], missing: [], excess: ['api'], how: 'introspection' },
      credential: { expiresAt: '2099-01-31T00:00:00.000Z' },
    });
  });

  it('needs read_api only for the list, not for tags', async () => {
    gitlab.token.scopes = ['read_registry'];
    expect(await test({ fields: { canary } })).toMatchObject({
      ...{ status: 'degraded', code: 'scope_insufficient', permissions: { missing: ['read_api'] } },
      capabilities: ['tags', 'digest', 'referrers'],
    });
    await expect(list(10, null)).rejects.toMatchObject({
      ...{ code: 'permission_missing', message: expect.stringContaining('read_api') },
    });
    expect((await open().registry!.listTags('acme/app', everything, signal)).items).toMatchObject([{ name: 'stable' }]);
  });

  it('accepts read_api, which includes read_registry', async () => {
    gitlab.token.scopes = ['read_api'];
    expect(await test({ fields: { canary } })).toMatchObject({ code: 'ok', permissions: { missing: [] } });
  });

  it.each([
    [{ revoked: true, active: false }, 'credential_disabled'],
    [{ active: false }, 'credential_expired'],
  ])('reports a token that is %j: %s', async (fields, code) => {
    Object.assign(gitlab.token, fields);
    expect(await test()).toMatchObject({ code });
  });

  it('recognises a deploy token, whose permissions come from the registry', async () => {
    gitlab.token.actions = ['pull', 'push'];
    expect(await test(DEPLOY)).toMatchObject({
      ...{ status: 'healthy', principal: { id: DEPLOY_USER, kind: 'deploy_token' } },
      permissions: { required: ['read_registry'], missing: [], excess: ['write_registry'], how: 'token_claims' },
      capabilities: ['tags', 'digest', 'referrers'],
    });
  });

  it('sends a deploy token only to the registry', async () => {
    await test(DEPLOY);
    await expect(list(10, null, null, DEPLOY)).rejects.toMatchObject({ code: 'permission_missing' });
    expect(gitlab.registry.requests.filter(({ path }) => path.startsWith('/api/'))).toEqual([]);
  });

  it('warns of a token whose scopes GitLab does not report', async () => {
    gitlab.token.refusal = new HttpAnswer(400, { message: '400 Bad request - not a personal access token' });
    expect((await test()).warnings).toEqual([expect.stringContaining('does not report')]);
    expect(await test({ fields: { canary } })).toMatchObject({ permissions: { granted: ['read_registry'] } });
  });

  it.each([
    ['a 404', new HttpAnswer(404, '404 page not found')],
    ['a page', new HttpAnswer(200, '<html>Welcome</html>')],
    ['JSON of something else', new HttpAnswer(200, { status: 'UP' })],
  ])('recognises that something else answers at gitlabUrl: %s', async (_what, answer) => {
    gitlab.token.refusal = answer;
    const message = expect.stringContaining('config.gitlabUrl');
    expect(await test()).toMatchObject({ status: 'unhealthy', code: 'not_this_product', message });
  });

  it('recognises a token that expires between two calls', async () => {
    gitlab.token.refusal = new HttpAnswer(401, { error: 'invalid_token', error_description: 'Token is expired.' });
    expect(await test()).toMatchObject({ status: 'unhealthy', code: 'credential_expired' });
  });

  describe('with a fine-grained token, whose permissions GitLab does not report', () => {
    const unreported = expect.stringContaining('does not report');
    beforeEach(() => {
      Object.assign(gitlab.token, { scopes: ['granular'], permissions: ['Container Repository: Read'] });
    });

    it('reports no missing scope, and what the registry grants', async () => {
      const verdict = await test();
      expect(verdict).toMatchObject({ status: 'healthy', code: 'ok', warnings: [unreported] });
      expect(verdict.permissions).toBeUndefined();
      expect(await test({ fields: { canary } })).toMatchObject({
        ...{ status: 'healthy', warnings: [], permissions: { granted: ['read_registry'], missing: [] } },
      });
    });

    it('reports the expiry if the token may read it', async () => {
      gitlab.token.permissions.push('Personal Access Token: Read');
      gitlab.token.expires_at = '2099-01-31';
      expect(await test()).toMatchObject({
        ...{ status: 'healthy', warnings: [unreported], credential: { expiresAt: '2099-01-31T00:00:00.000Z' } },
      });
    });

    it.each(['groups', 'projects'] as const)('lists the images of one of the %s', async (kind) => {
      gitlab.token.ownerKind = kind;
      expect((await list(10, null)).items).toHaveLength(3);
      gitlab.token.permissions = [];
      await expect(list(10, null)).rejects.toMatchObject({
        ...{ code: 'permission_missing', message: expect.stringContaining('Container Repository: Read') },
      });
    });
  });

  it('reports that the registry does not grant pull', async () => {
    gitlab.token.actions = [];
    expect(await test({ fields: { canary } })).toMatchObject({ code: 'scope_insufficient' });
  });

  it('sends the token to the configured GitLab, and to no other to which a registry may point', async () => {
    const registry = await startGitLabRegistry(`${gitlab.registry.url}/token`);
    const endpoint = registry.registry.url;
    const asked = () => gitlab.registry.requests.filter(({ path }) => path === '/token').length;
    try {
      expect(await test({ endpoint })).toMatchObject({ code: 'egress_blocked' });
      expect(asked()).toBe(0);
      await test({ endpoint, fields: { gitlabUrl: gitlab.registry.url } });
      expect(asked()).toBeGreaterThan(0);
    } finally {
      await registry.registry.close();
    }
  });

  it.each(['groups', 'projects'] as const)('lists the images of one of the %s, page by page', async (kind) => {
    gitlab.token.ownerKind = kind;
    const first = await list(2, null);
    const second = await list(2, first.nextCursor);
    expect(second.nextCursor).toBeNull();
    const { url } = gitlab.registry;
    expect([...first.items, ...second.items]).toMatchObject([
      { owner: 'acme', name: 'app', url: `${url}/acme/app/container_registry/100` },
      { owner: 'acme/app', name: 'worker', url: `${url}/acme/app/container_registry/101` },
      { owner: 'acme/team', name: 'docs' },
    ]);
  });

  it('searches for a part of the name', async () => {
    expect((await list(10, null, 'team/')).items).toMatchObject([{ owner: 'acme/team', name: 'docs' }]);
  });

  it('does not take an index for its own referrers, although GitLab serves the image tag for the digest', async () => {
    const repository = gitlab.registry.repository('acme/app');
    const index = repository.pushIndex('multi', ['linux/amd64', 'linux/arm64']);
    const query = { ...everything, artifactType: null };
    const listed = () => open().registry!.listReferrers('acme/app', index.digest, query, signal);
    expect((await listed()).items).toEqual([]);
    const signature = repository.refer(index, 'application/vnd.dev.sigstore.bundle.v0.3+json');
    repository.tagReferrers(index);
    expect((await listed()).items).toMatchObject([{ digest: signature.digest }]);
  });

  it('asks its store once more for a token that GitLab refuses', async () => {
    const { integration, deps, credential } = connect({ secret: 'glpat-of-yesterday' });
    const renewing = { ...deps.credential, forget: () => void (credential.secret = TOKEN) };
    const { discovery } = plugin.open(integration, { ...deps, credential: renewing });
    expect((await discovery!.repositories!(everything, signal)).items).toHaveLength(3);
  });
});
