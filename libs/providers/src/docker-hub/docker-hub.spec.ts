import type { EgressClient, ProviderSession } from '@integrations/provider-kit';
import { connectTo, loopbackEgress } from '../../../../test/support/fake-vendor/connection';
import {
  type FakeDockerHub,
  ORGANIZATION,
  ORGANIZATION_TOKEN,
  startDockerHub,
  TOKEN,
  USER,
} from './__fixtures__/fake-docker-hub';
import { originsOf } from './client';
import { DockerHubConfig } from './config';
import { createDockerHubPlugin } from './plugin';

const plugin = createDockerHubPlugin();
const { signal } = new AbortController();
const everything = { limit: 10, cursor: null, q: null };

interface Who {
  readonly secret?: string | null;
  readonly fields?: Partial<DockerHubConfig>;
}

describe('docker_hub', () => {
  let docker: FakeDockerHub;
  let egress: EgressClient;

  const connect = ({ secret = TOKEN, fields = {} }: Who = {}) => {
    const config = Object.assign(new DockerHubConfig(), { namespace: 'acme', username: USER }, fields);
    return connectTo(egress, { endpoint: docker.registry.url, config, secret });
  };
  const open = (who?: Who): ProviderSession => {
    const { integration, deps } = connect(who);
    return plugin.open(integration, deps);
  };
  const test = (who?: Who) => {
    const { integration, deps } = connect(who);
    return plugin.testConnection(integration, deps, signal);
  };
  const asked = (path: RegExp) => docker.registry.requests.filter((request) => path.test(request.path));

  beforeAll(() => {
    egress = loopbackEgress();
  });
  beforeEach(async () => {
    docker = await startDockerHub();
  });
  afterEach(() => docker.registry.close());
  afterAll(() => egress.close());

  it.each([
    ['https://registry-1.docker.io', undefined, 'https://hub.docker.com'],
    ['https://mirror.example:8443/docker', undefined, 'https://mirror.example:8443'],
    ['https://mirror.example', 'https://hub.docker.com', 'https://hub.docker.com'],
  ])('lets calls for %s go to the Hub and to the token server', (endpoint, hubUrl, hub) => {
    const config = Object.assign(new DockerHubConfig(), { namespace: 'acme' }, hubUrl === undefined ? {} : { hubUrl });
    const integration = { integrationId: 'a', tenantId: 'b', endpoint, config };
    expect(originsOf(integration)).toEqual(['https://auth.docker.io', hub]);
  });

  it("reports the token's user, its scopes and the remaining pulls, without a pull", async () => {
    docker.state.scope = 'repo:write';
    expect(await test({ fields: { canary: 'acme/app:stable' } })).toMatchObject({
      ...{ status: 'healthy', code: 'ok', principal: { id: 'mona', kind: 'user' }, warnings: [] },
      permissions: { granted: ['repo:write'], missing: [], excess: ['repo:write'], how: 'token_claims' },
      quota: { limit: 200, remaining: 176 },
    });
    expect(asked(/\/manifests\//).map(({ method }) => method)).toEqual(['HEAD', 'HEAD']);
  });

  it('reports a token for public repositories only', async () => {
    docker.state.scope = 'repo:public_read';
    const { code, warnings } = await test({ fields: { canary: 'acme/app:stable' } });
    expect({ code, warnings }).toEqual({ code: 'ok', warnings: ['The token reads public repositories only'] });
  });

  it('accepts the token of an organization, whose permissions come from the registry', async () => {
    Object.assign(docker.state, { scope: null, actions: ['pull', 'push'] });
    const fields = { username: ORGANIZATION, canary: 'acme/app:stable' };
    expect(await test({ secret: ORGANIZATION_TOKEN, fields })).toMatchObject({
      ...{ code: 'ok', principal: { id: 'acme', kind: 'organization' } },
      permissions: { granted: ['repo:read', 'repo:write'], missing: [], excess: ['repo:write'] },
    });
    expect(asked(/users\/login/)).toEqual([]);
  });

  it('reports a missing permission if the registry grants none', async () => {
    Object.assign(docker.state, { scope: null, actions: [] });
    expect(await test({ fields: { canary: 'acme/app:stable' } })).toMatchObject({ code: 'scope_insufficient' });
  });

  it('reads user and token from one secret', async () => {
    const config = Object.assign(new DockerHubConfig(), { namespace: 'acme' });
    const { integration, deps } = connectTo(egress, {
      ...{ endpoint: docker.registry.url, config, secret: `${USER}:${TOKEN}` },
    });
    expect(await plugin.testConnection(integration, deps, signal)).toMatchObject({ principal: { id: 'mona' } });
  });

  it('sends a refused token only once', async () => {
    expect(await test({ secret: 'dckr_pat_wrong' })).toMatchObject({ code: 'credential_invalid' });
    expect(asked(/^\/token$/)).toHaveLength(1);
  });

  it('warns if pulls are counted by address although a user is configured', async () => {
    docker.state.quota = { limit: 100, remaining: 76, source: '203.0.113.9' };
    const { status, warnings } = await test({ fields: { canary: 'acme/app:stable' } });
    expect(status).toBe('healthy');
    expect(warnings).toEqual([expect.stringContaining('by our address')]);
  });

  it('is anonymous without a secret, and expects a count by address', async () => {
    docker.state.quota = { limit: 10, remaining: 3, source: '2001:db8::1' };
    const verdict = await test({ secret: null, fields: { namespace: 'library', canary: 'alpine:stable' } });
    expect(verdict).toMatchObject({
      ...{ status: 'healthy', principal: { kind: 'anonymous' }, warnings: [], quota: { limit: 10, remaining: 3 } },
    });
    expect(asked(/^\/v2\/auth/)).toEqual([]);
  });

  it('reports no quota for an account without a limit', async () => {
    docker.state.quota = null;
    expect((await test()).quota).toBeUndefined();
  });

  it('is degraded when the pulls are used up', async () => {
    docker.registry.faults.inject({
      when: ({ path }) => path.includes('/manifests/'),
      processed: false,
      reply: { status: 429, headers: { 'retry-after': '90' } },
    });
    const { integration, deps } = connect({ fields: { canary: 'acme/app:stable' } });
    const verdict = await plugin.checkHealth(integration, deps, signal);
    expect(verdict).toMatchObject({ status: 'degraded', code: 'rate_limited', retryAfterMs: 90_000 });
  });

  it('lists the repositories of a namespace page by page, each with its web page at the Hub', async () => {
    const { discovery } = open();
    const first = await discovery!.repositories!({ limit: 2, cursor: null, q: null }, signal);
    const second = await discovery!.repositories!({ limit: 2, cursor: first.nextCursor, q: null }, signal);
    expect(second.nextCursor).toBeNull();
    expect([...first.items, ...second.items]).toMatchObject([
      { owner: 'acme', name: 'app', visibility: 'private', url: `${docker.registry.url}/r/acme/app` },
      { owner: 'acme', name: 'tools' },
      { owner: 'acme', name: 'docs' },
    ]);
  });

  it('lists public repositories anonymously', async () => {
    const page = await open({ secret: null, fields: { namespace: 'library' } }).discovery!.repositories!(
      everything,
      signal,
    );
    expect(page.items).toMatchObject([{ owner: 'library', name: 'alpine', visibility: 'public' }]);
  });

  it('gets another token of the Hub when the old one is no longer valid', async () => {
    const { discovery } = open();
    await discovery!.repositories!(everything, signal);
    docker.revokeAll();
    expect((await discovery!.repositories!(everything, signal)).items).toHaveLength(3);
    expect(asked(/^\/v2\/auth/)).toHaveLength(2);
  });

  it('waits until the time that the Hub names', async () => {
    const now = Date.now();
    const headers = { 'x-retry-after': String(Math.ceil(now / 1_000) + 45) };
    docker.registry.faults.inject({
      when: ({ path }) => path.includes('/namespaces/'),
      processed: false,
      reply: { status: 429, headers },
    });
    const error = await open().discovery!.repositories!(everything, signal).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: 'rate_limited' });
    const { retryAfterMs } = error as { retryAfterMs: number };
    expect(retryAfterMs).toBeGreaterThan(30_000);
    expect(retryAfterMs).toBeLessThanOrEqual(47_000);
  });

  it('finds an official image by its short name', async () => {
    const { registry } = open();
    const image = await registry!.resolveDigest('alpine', 'stable', { platform: null }, signal);
    expect(image).toMatchObject({ repository: 'library/alpine' });
    expect((await registry!.listTags('alpine', everything, signal)).items).toMatchObject([{ name: 'stable' }]);
  });
});
