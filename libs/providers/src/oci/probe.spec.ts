import { createTokenCache, EgressClient, ProviderError, Secret } from '@integrations/provider-kit';
import { FakeRegistry, type FakeRegistryOptions } from '../../../../test/support/fake-registry';
import type { OciConfig } from './config';
import { createOciPlugin } from './plugin';

const USER = 'release-bot';
const PASSWORD = 'a-password-0123456789';
const CANARY = 'team/app:stable';

interface Setup extends FakeRegistryOptions {
  readonly config?: Partial<OciConfig>;
  readonly secret?: string;
}

/** The verdict of both probes for a registry that has the canary. */
async function probed({ config, secret, ...options }: Setup) {
  const registry = await FakeRegistry.start({ users: { [USER]: PASSWORD }, ...options });
  registry.repository('team/app').push('stable');
  const plugin = createOciPlugin();
  const integration = {
    ...{ integrationId: 'i', tenantId: 't', endpoint: registry.url },
    config: { secretKind: 'password', ...config } as OciConfig,
  };
  const egress = new EgressClient({ policy: { allow: ['127.0.0.1/32'] }, userAgent: 'test' });
  const clock = { now: () => Date.now() };
  const deps = () => ({
    egress: egress.bind({ endpoint: registry.url, allowedOrigins: plugin.origins!(integration) }),
    tokens: createTokenCache(clock),
    credential: {
      present: secret !== undefined,
      resolve: async () => {
        if (secret === undefined) throw new ProviderError('secret_unresolvable', 'there is none');
        return new Secret(secret);
      },
      forget: () => undefined,
    },
    clock,
  });
  try {
    const test = await plugin.testConnection(integration, deps(), AbortSignal.timeout(60_000));
    registry.requests.length = 0;
    const health = await plugin.checkHealth(integration, deps(), AbortSignal.timeout(60_000));
    return { test, health, requests: registry.requests };
  } finally {
    await egress.close();
    await registry.close();
  }
}

const named = { config: { username: USER, canary: CANARY }, secret: PASSWORD };
const part = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');

describe('The test of a registry', () => {
  it("reports user, permissions from the token's claims, excess ones, and capabilities", async () => {
    const grants = (_user: string | null, type: string) => (type === 'registry' ? [] : ['pull', 'push', 'delete']);
    const { test } = await probed({ auth: 'token', grants, ...named });
    expect(test).toMatchObject({
      ...{ status: 'healthy', code: 'ok', principal: { id: USER, kind: 'user' } },
      permissions: { required: ['pull'], missing: [], excess: ['push', 'delete'], how: 'token_claims' },
      capabilities: ['tags', 'digest', 'referrers'],
      server: { product: 'OCI registry' },
    });
  });

  it('proves permissions by pulling if the token is opaque', async () => {
    const { test } = await probed({ auth: 'token', tokens: 'opaque', ...named });
    expect(test).toMatchObject({ status: 'healthy', permissions: { granted: ['pull'], how: 'observed' } });
  });

  it('ignores an expiry beyond the calendar', async () => {
    const secret = `${part({})}.${part({ exp: 2 ** 53 })}.x`;
    const { test } = await probed({ auth: 'none', config: { secretKind: 'bearer_token' }, secret });
    expect(test).toMatchObject({ status: 'healthy', code: 'ok' });
    expect(test.credential?.expiresAt).toBeUndefined();
  });

  it('reports that nothing is proven without a canary', async () => {
    const { test } = await probed({ auth: 'basic', config: { username: USER }, secret: PASSWORD });
    expect(test).toMatchObject({ status: 'healthy', warnings: [expect.stringContaining('config.canary')] });
    expect(test.permissions).toBeUndefined();
  });

  it('passes on quota and warnings', async () => {
    const headers = { 'ratelimit-limit': '100;w=60', 'ratelimit-remaining': '7;w=60', warning: '299 - "Moving soon"' };
    const { test, health } = await probed({ headers, config: { canary: CANARY } });
    for (const verdict of [test, health]) {
      expect(verdict).toMatchObject({ status: 'healthy', quota: { limit: 100, remaining: 7 } });
      expect(verdict.warnings).toContain('The registry warns: Moving soon');
    }
  });

  it.each<[string, Setup, string]>([
    ['a wrong password', { auth: 'token', ...named, secret: 'a-wrong-password-012' }, 'credential_invalid'],
    ['a missing credential', { auth: 'basic' }, 'credential_missing'],
    ['a credential that the registry does not ask for', { auth: 'none', ...named }, 'anonymous_only'],
    ['a token without permission', { auth: 'token', grants: () => [], ...named }, 'scope_insufficient'],
    ['a user without permission', { auth: 'basic', grants: () => [], ...named }, 'scope_insufficient'],
    [
      'a missing canary',
      { auth: 'basic', ...named, config: { username: USER, canary: 'team/app:gone' } },
      'not_found_or_hidden',
    ],
    [
      'a token server that the configuration does not name',
      { auth: 'token', realm: 'https://auth.example/token', ...named },
      'egress_blocked',
    ],
    ['a missing user name', { auth: 'basic', secret: PASSWORD }, 'config_invalid'],
    [
      'an expired token',
      { auth: 'none', config: { secretKind: 'bearer_token' }, secret: `${part({})}.${part({ exp: 1 })}.x` },
      'credential_expired',
    ],
  ])('recognises %s', async (_what, setup, code) => {
    const { test } = await probed(setup);
    expect(test).toMatchObject({ status: 'unhealthy', code });
    expect(JSON.stringify(test)).not.toContain(setup.secret ?? PASSWORD);
  });

  it('tells a web server from a registry', async () => {
    const api = () => ({ status: 200, body: '<html>Welcome</html>' });
    const { test, health } = await probed({ api });
    for (const verdict of [test, health]) expect(verdict).toMatchObject({ code: 'not_this_product' });
  });
});

describe('The health check of a registry', () => {
  it('reads the canary, in one call after the token', async () => {
    const { health, requests } = await probed({ auth: 'token', ...named });
    expect(health.status).toBe('healthy');
    expect(requests.map(({ method, path }) => `${method} ${path}`)).toEqual([
      'GET /v2/',
      'GET /token',
      'HEAD /v2/team/app/manifests/stable',
    ]);
  });

  it('reads only /v2/ without a canary', async () => {
    const { health, requests } = await probed({ auth: 'none' });
    expect(health.status).toBe('healthy');
    expect(new Set(requests.map(({ path }) => path))).toEqual(new Set(['/v2/']));
  });
});

it("serves images from the registry's address, with port and path", () => {
  const serves = (endpoint: string) =>
    createOciPlugin().serves!({ integrationId: 'i', tenantId: 't', endpoint, config: { secretKind: 'password' } });
  expect(serves('https://registry.example:5000')).toEqual(['registry.example:5000']);
  expect(serves('https://registry.example/prefix/v2/')).toEqual(['registry.example/prefix']);
});
