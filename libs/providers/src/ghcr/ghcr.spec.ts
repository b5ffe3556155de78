import type { EgressClient } from '@integrations/provider-kit';
import { connectTo, loopbackEgress } from '../../../../test/support/fake-vendor/connection';
import { type FakeGhcr, REFERRERS_PAGE, REFERRERS_UNKNOWN, startGhcr, TOKEN } from './__fixtures__/fake-ghcr';
import { apiOf } from './client';
import { GhcrConfig } from './config';
import { createGhcrPlugin } from './plugin';

const plugin = createGhcrPlugin();
const { signal } = new AbortController();

describe('ghcr', () => {
  let ghcr: FakeGhcr;
  let egress: EgressClient;

  const connection = (secret = TOKEN, fields: Partial<GhcrConfig> = {}) => {
    const config = Object.assign(new GhcrConfig(), { owner: 'acme' }, fields);
    return connectTo(egress, { endpoint: ghcr.registry.url, config, secret });
  };
  const test = (secret?: string, fields?: Partial<GhcrConfig>) => {
    const { integration, deps } = connection(secret, fields);
    return plugin.testConnection(integration, deps, signal);
  };
  const list = (limit: number, cursor: string | null, q: string | null = null) => {
    const { integration, deps } = connection();
    return plugin.open(integration, deps).discovery!.repositories!({ limit, cursor, q }, signal);
  };

  beforeAll(() => {
    egress = loopbackEgress();
  });
  beforeEach(async () => {
    ghcr = await startGhcr();
  });
  afterEach(() => ghcr.registry.close());
  afterAll(() => egress.close());

  it.each([
    ['https://ghcr.io', 'https://api.github.com'],
    ['https://containers.acme.ghe.com', 'https://api.acme.ghe.com'],
    ['https://containers.github.example:8443', 'https://github.example:8443/api/v3'],
  ])('asks for the user of a token for %s at %s', (endpoint, api) => {
    expect(apiOf(endpoint)).toBe(api);
  });

  it("reports the token's scopes, user and expiry", async () => {
    ghcr.user.scopes = 'repo, read:packages';
    ghcr.user.expiration = '2099-01-31 10:00:00 UTC';
    expect(await test(TOKEN, { canary: 'acme/app:stable' })).toMatchObject({
      ...{ status: 'healthy', code: 'ok', principal: { id: 'mona', kind: 'user' }, warnings: [] },
      permissions: { granted: ['repo', 'read:packages'], missing: [], excess: ['repo'] },
      credential: { expiresAt: '2099-01-31T10:00:00.000Z' },
    });
  });

  it('reads an expiry in another time zone', async () => {
    ghcr.user.expiration = '2099-01-31 10:00:00 +0230';
    expect(await test()).toMatchObject({ credential: { expiresAt: '2099-01-31T07:30:00.000Z' } });
  });

  it.each([[{}], [{ canary: 'acme/app:stable' }]])(
    'passes on the warnings of the registry, in tests and checks: %j',
    async (fields) => {
      ghcr.registry.headers = { warning: '299 - "Moving soon"' };
      for (const method of ['testConnection', 'checkHealth'] as const) {
        const { integration, deps } = connection(TOKEN, fields);
        const { warnings } = await plugin[method](integration, deps, signal);
        expect(warnings).toContain('The registry warns: Moving soon');
      }
    },
  );

  it('warns of a token that expires soon', async () => {
    ghcr.user.expiration = new Date(Date.now() + 36 * 3_600_000)
      .toISOString()
      .replace('T', ' ')
      .replace(/\..*/, ' UTC');
    expect(await test()).toMatchObject({ warnings: ['The token expires in 1 days'] });
  });

  it('reports a missing read:packages', async () => {
    ghcr.user.scopes = 'repo';
    expect(await test()).toMatchObject({ code: 'scope_insufficient', permissions: { missing: ['read:packages'] } });
  });

  it('accepts write:packages, which includes it', async () => {
    ghcr.user.scopes = 'write:packages';
    expect(await test()).toMatchObject({ code: 'ok', permissions: { missing: [] } });
  });

  it('recognises the token of a workflow run, which may not read its user', async () => {
    ghcr.user.isBot = true;
    expect(await test()).toMatchObject({ code: 'ok', principal: { kind: 'app' } });
  });

  it("takes GitHub's rate limit for neither a missing permission nor a workflow run", async () => {
    ghcr.user.isLimited = true;
    const verdict = await test();
    expect(verdict).toMatchObject({ status: 'degraded', code: 'rate_limited' });
    expect(verdict.principal).toBeUndefined();
    await expect(list(2, null)).rejects.toMatchObject({ code: 'rate_limited', transient: true });
  });

  it('does not send a fine-grained token, and reports why', async () => {
    const verdict = await test('github_pat_0123456789abcdefghij');
    expect(verdict).toMatchObject({ code: 'credential_invalid', message: expect.stringContaining('fine-grained') });
    const sent = ghcr.registry.requests.filter(({ headers }) => headers['authorization'] !== undefined);
    expect(sent).toEqual([]);
  });

  it('reports a missing canary', async () => {
    expect(await test(TOKEN, { canary: 'acme/app:gone' })).toMatchObject({ code: 'not_found_or_hidden' });
  });

  it.each(['orgs', 'users'] as const)('lists the images of one of the %s, page by page', async (kind) => {
    ghcr.user.ownerKind = kind;
    const first = await list(2, null);
    const second = await list(2, first.nextCursor);
    expect(second.nextCursor).toBeNull();
    expect([...first.items, ...second.items]).toMatchObject([
      { owner: 'acme', name: 'app', visibility: 'private' },
      { owner: 'acme/team', name: 'tools' },
      { owner: 'acme', name: 'docs' },
    ]);
  });

  it('lists with the current token from its store after the previous one is refused', async () => {
    const { integration, deps, credential } = connection('ghp_revoked');
    const renewed = { ...deps.credential, forget: () => void (credential.secret = TOKEN) };
    const { discovery } = plugin.open(integration, { ...deps, credential: renewed });
    const { items } = await discovery!.repositories!({ limit: 1, cursor: null, q: null }, signal);
    expect(items).toMatchObject([{ owner: 'acme', name: 'app' }]);
  });

  it.each([
    ["GitHub's web page", REFERRERS_PAGE],
    ['an unknown image', REFERRERS_UNKNOWN],
  ])('falls back to the referrers tag if GHCR answers with %s, and does not ask GHCR again', async (_what, answer) => {
    ghcr.user.insteadOfReferrers = answer;
    const repository = ghcr.registry.repository('acme/app');
    const image = repository.push('signed');
    const signature = repository.refer(image, 'application/vnd.dev.sigstore.bundle.v0.3+json');
    repository.tagReferrers(image);
    const { integration, deps } = connection();
    const { registry } = plugin.open(integration, deps);
    for (let times = 0; times < 2; times++) {
      const query = { limit: 10, cursor: null, q: null, artifactType: null };
      const { items } = await registry!.listReferrers('acme/app', image.digest, query, signal);
      expect(items).toMatchObject([{ digest: signature.digest }]);
    }
    const asked = ghcr.registry.requests.filter(({ path, status }) => path.includes('/referrers/') && status !== 401);
    expect(asked).toHaveLength(1);
  });

  it('searches for a part of the name', async () => {
    expect((await list(10, null, 'team/')).items).toMatchObject([{ owner: 'acme/team', name: 'tools' }]);
  });
});
