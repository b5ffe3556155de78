import { generateKeyPairSync, X509Certificate } from 'node:crypto';
import { EgressClient } from '@integrations/provider-kit';
import { type KeyPair, selfSignedRsa } from '../../../../test/support/certificates';
import { connectTo, loopbackEgress } from '../../../../test/support/fake-vendor/connection';
import { ADMIN, type FakeAcr, OBJECT_ID, PASSWORD, SCOPED_TOKEN, startAcr } from './__fixtures__/fake-acr';
import { CLIENT_ID, CLIENT_SECRET, SUBJECT, TENANT, workloadToken } from './__fixtures__/fake-entra';
import { AcrConfig } from './config';
import { authorityOf } from './places';
import { createAcrPlugin } from './plugin';

const plugin = createAcrPlugin();
const { signal } = new AbortController();
const CANARY = { canary: 'team/app:stable' };
const OTHER = String(
  generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey.export({ type: 'pkcs8', format: 'pem' }),
);
const at = { integrationId: 'i', tenantId: 'default' };
const ALL = { limit: 100, cursor: null, q: null };

describe('acr', () => {
  let acr: FakeAcr;
  let egress: EgressClient;

  const connection = (secret = CLIENT_SECRET, fields: Partial<AcrConfig> = {}) => {
    const endpoint = acr.registry.url;
    const application = { entraTenantId: TENANT, clientId: CLIENT_ID, authority: endpoint };
    const config = Object.assign(new AcrConfig(), fields.secretKind === 'password' ? {} : application, fields);
    return connectTo(egress, { endpoint, config, secret });
  };
  const test = (secret?: string, fields?: Partial<AcrConfig>) => {
    const { integration, deps } = connection(secret, fields);
    return plugin.testConnection(integration, deps, signal);
  };
  const asked = (path: string) => acr.registry.requests.filter((request) => request.path.endsWith(path)).length;

  beforeAll(() => {
    egress = loopbackEgress();
  });
  beforeEach(async () => {
    acr = await startAcr();
  });
  afterEach(() => acr.registry.close());
  afterAll(() => egress.close());

  it.each([
    ['https://acme.azurecr.io', 'https://login.microsoftonline.com'],
    ['https://acme.azurecr.cn', 'https://login.partner.microsoftonline.cn'],
    ['https://acme.azurecr.us', 'https://login.microsoftonline.us'],
  ])('authenticates for %s at %s', (endpoint, authority) => {
    const config = Object.assign(new AcrConfig(), { entraTenantId: TENANT, clientId: CLIENT_ID });
    const integration = { ...at, endpoint, config };
    expect(authorityOf(integration)).toBe(authority);
    expect(plugin.origins!(integration)).toEqual([authority]);
    Object.assign(config, { secretKind: 'password' });
    expect(plugin.origins!(integration)).toEqual([]);
  });

  it.each([[{}], [CANARY]])('passes on the warnings of the registry, in tests and checks: %j', async (fields) => {
    acr.registry.headers = { warning: '299 - "Moving soon"' };
    for (const method of ['testConnection', 'checkHealth'] as const) {
      const { integration, deps } = connection(CLIENT_SECRET, fields);
      const { warnings } = await plugin[method](integration, deps, signal);
      expect(warnings).toContain('The registry warns: Moving soon');
    }
  });

  describe('an application', () => {
    it('reports its object id and the rights of its roles, without a canary', async () => {
      expect(await test()).toMatchObject({
        ...{ code: 'ok', principal: { id: OBJECT_ID, kind: 'service_principal' }, warnings: [] },
        permissions: { granted: ['pull', 'metadata_read'], missing: [], excess: [], how: 'token_claims' },
        capabilities: ['repositories', 'tags', 'digest', 'referrers'],
      });
    });

    it('has excess permissions with the role to push', async () => {
      acr.world.roles = ['read', 'write'];
      expect(await test()).toMatchObject({ code: 'ok', permissions: { excess: ['push', 'metadata_write'] } });
    });

    it("lacks the permissions that the canary's token does not allow", async () => {
      acr.world.actions = ['pull'];
      const verdict = await test(CLIENT_SECRET, CANARY);
      expect(verdict).toMatchObject({
        ...{ status: 'degraded', code: 'scope_insufficient' },
        permissions: { granted: ['pull'], missing: ['metadata_read'] },
      });
    });

    it('without a role is refused at the token exchange', async () => {
      acr.world.roles = null;
      const message = expect.stringContaining('no role at the registry');
      expect(await test()).toMatchObject({ code: 'credential_invalid', message });
    });

    it.each([
      ['a wrong secret', 'another', {}, 'credential_invalid', /value of the secret, not its id \(AADSTS7000215\)/],
      ['an unknown application', CLIENT_SECRET, { clientId: TENANT }, 'config_invalid', /config\.clientId/],
      ['an unknown tenant', CLIENT_SECRET, { entraTenantId: CLIENT_ID }, 'config_invalid', /config\.entraTenantId/],
    ])('with %s gets an explanation', async (_what, secret, fields, code, message) => {
      expect(await test(secret, fields)).toMatchObject({ code, message: expect.stringMatching(message) });
    });

    it('reports an expired secret', async () => {
      acr.entra.isExpired = true;
      expect(await test()).toMatchObject({ code: 'credential_expired' });
    });

    it('uses a secret that was renewed in its store in the meantime', async () => {
      const { integration, deps, credential } = connection('old');
      deps.credential.forget = () => void (credential.secret = CLIENT_SECRET);
      expect(await plugin.testConnection(integration, deps, signal)).toMatchObject({ code: 'ok' });
    });

    it('requests one token of each kind, and keeps them for the lifetime that they state', async () => {
      const { integration, deps, advance } = connection();
      const list = () => plugin.open(integration, deps).registry!.listTags('team/app', ALL, signal);
      await list();
      advance(120_000); // only the token states its lifetime, not ACR's answer
      expect((await list()).items).toMatchObject([{ name: '1.0' }, { name: 'stable' }]);
      expect([asked('/v2.0/token'), asked('/oauth2/exchange'), asked('/oauth2/token')]).toEqual([1, 1, 1]);
    });

    it('gets new tokens when the registry no longer accepts the old ones', async () => {
      const { integration, deps } = connection();
      const { registry } = plugin.open(integration, deps);
      await registry!.listTags('team/app', ALL, signal);
      acr.registry.access.revokeAll();
      await registry!.listTags('team/app', ALL, signal);
      expect(asked('/oauth2/exchange')).toBe(2);
    });
  });

  describe('a workload identity', () => {
    const federated = { secretKind: 'federated_token' } as const;

    it('authenticates with a token that its cluster signed', async () => {
      expect(await test(workloadToken(), federated)).toMatchObject({ code: 'ok', principal: { id: OBJECT_ID } });
    });

    it('reports an expired token', async () => {
      expect(await test(workloadToken(-60), federated)).toMatchObject({ code: 'credential_expired' });
    });

    it.each([
      ['issuer', { iss: 'https://other.example' }],
      ['subject', { sub: 'other' }],
      ['audience', { aud: ['sts.amazonaws.com'] }],
    ])('reports that the application does not trust the %s', async (claim, claims) => {
      const message = expect.stringContaining(`the application does not trust the token's ${claim}`);
      expect(await test(workloadToken(60, claims), federated)).toMatchObject({ message });
    });

    it('reports that only the capitals of its subject differ', async () => {
      const message = expect.stringContaining('its federated credential has other capitals (AADSTS7002138)');
      expect(await test(workloadToken(60, { sub: SUBJECT.toUpperCase() }), federated)).toMatchObject({ message });
    });

    it.each([50166, 90061])('takes a 400 as an outage if Entra ID cannot reach the issuer (AADSTS%d)', async (code) => {
      const refused = { error: 'invalid_request', error_description: `AADSTS${code}: …`, error_codes: [code] };
      acr.registry.faults.inject({
        ...{ when: ({ path }) => path.endsWith('/oauth2/v2.0/token'), processed: false, times: 2 },
        reply: { status: 400, body: JSON.stringify(refused) },
      });
      const { integration, deps } = connection(workloadToken(), federated);
      const listed = plugin.open(integration, deps).registry!.listTags('team/app', ALL, signal);
      await expect(listed).rejects.toMatchObject({ code: 'provider_unavailable', transient: true });
      expect(await plugin.testConnection(integration, deps, signal)).toMatchObject({ code: 'server_degraded' });
    });

    it('is refused with a token that its cluster did not sign', async () => {
      const forged = workloadToken().replace(/\.[^.]*$/, `.${Buffer.alloc(256).toString('base64url')}`);
      expect(await test(forged, federated)).toMatchObject({ code: 'credential_invalid' });
    });
  });

  describe('an application with a certificate', () => {
    const certified = { secretKind: 'client_certificate' } as const;
    let pair: KeyPair;

    beforeAll(() => {
      pair = selfSignedRsa();
    });

    it('authenticates with a signature of its key, and reports when the certificate expires', async () => {
      acr.entra.certificate = pair.cert;
      expect(await test(pair.cert + pair.key, certified)).toMatchObject({
        ...{ code: 'ok', principal: { id: OBJECT_ID, kind: 'service_principal' }, warnings: [] },
        credential: { expiresAt: new X509Certificate(pair.cert).validToDate.toISOString() },
      });
    });

    it('reports the expiry of its certificate in health checks, before and after', async () => {
      acr.entra.certificate = pair.cert;
      const { integration, deps, advance } = connection(pair.key + pair.cert, { ...certified, ...CANARY });
      advance(20 * 86_400_000);
      const check = () => plugin.checkHealth(integration, deps, signal);
      expect((await check()).warnings).toContainEqual(expect.stringContaining('client certificate expires in 9 days'));
      advance(20 * 86_400_000);
      expect(await check()).toMatchObject({ code: 'credential_expired' });
    });

    it('is refused if Entra ID does not know the certificate', async () => {
      const message = expect.stringContaining('AADSTS700027');
      expect(await test(pair.cert + pair.key, certified)).toMatchObject({ code: 'credential_invalid', message });
    });

    it.each([
      ['its key is missing', () => pair.cert, /not a private key in PEM/],
      ['another key is beside it', () => pair.cert + OTHER, /does not belong/],
      ['it is no certificate', () => CLIENT_SECRET, /not in PEM/],
    ])('sends nothing if %s', async (_what, secret, message) => {
      expect(await test(secret(), certified)).toMatchObject({
        ...{ code: 'credential_invalid', message: expect.stringMatching(message) },
      });
      expect(acr.registry.requests).toEqual([]);
    });
  });

  describe('an access token', () => {
    const given = { secretKind: 'access_token', entraTenantId: undefined, clientId: undefined } as Partial<AcrConfig>;

    it('is exchanged without a login, for the tenant that it names', async () => {
      expect(await test(acr.entra.give(), given)).toMatchObject({ code: 'ok', principal: { id: OBJECT_ID } });
      expect([asked('/v2.0/token'), asked('/oauth2/exchange')]).toEqual([0, 1]);
    });

    it('is read again from its store when the registry no longer accepts it', async () => {
      const { integration, deps, credential } = connection('old', given);
      deps.credential.forget = () => void (credential.secret = acr.entra.give());
      expect(await plugin.testConnection(integration, deps, signal)).toMatchObject({ code: 'ok' });
    });

    it.each([
      ['at a registry of Azure', 'https://acme.azurecr.io', {}, 'azure'],
      ['at a registry in China', 'https://acme.azurecr.cn', {}, 'azure'],
      ['not at another host', 'https://acme.azurecr.io.evil.example', {}, null],
      [
        'not if another server issues the tokens',
        'https://acme.azurecr.io',
        { loginServer: 'https://evil.example' },
        null,
      ],
      [
        'not if the authority is another server',
        'https://acme.azurecr.io',
        { authority: 'https://evil.example' },
        null,
      ],
      ['not for another kind of secret', 'https://acme.azurecr.io', { secretKind: 'password' as const }, null],
    ])('may be our own identity %s: %s', (_what, endpoint, fields, cloud) => {
      const config = Object.assign(new AcrConfig(), given, fields);
      expect(plugin.identityAt!({ ...at, endpoint, config })).toBe(cloud);
    });
  });

  it('gets its tokens from the login server if the endpoint is a custom domain', async () => {
    const loginServer = acr.registry.url;
    const resolve = async () => [{ address: '127.0.0.1', family: 4 as const }];
    const named = new EgressClient({ policy: { allow: ['127.0.0.1/32'] }, userAgent: 'spec', resolve });
    const endpoint = `http://images.acme.example:${new URL(loginServer).port}`;
    const application = { entraTenantId: TENANT, clientId: CLIENT_ID, authority: loginServer };
    const config = Object.assign(new AcrConfig(), application, CANARY);
    const known = Object.assign(new AcrConfig(), config, { loginServer });
    acr.registry.realm = `${loginServer}/oauth2/token`;
    const testWith = (own: AcrConfig) => {
      const { integration, deps } = connectTo(named, {
        ...{ endpoint, config: own, secret: CLIENT_SECRET, origins: plugin.origins!({ ...at, endpoint, config: own }) },
      });
      return plugin.testConnection(integration, deps, signal);
    };
    expect(await testWith(known)).toMatchObject({ code: 'ok', principal: { id: OBJECT_ID } });
    expect(await testWith(config)).toMatchObject({ code: 'egress_blocked' });
    await named.close();
  });

  describe('a user name and a password', () => {
    const scoped = { secretKind: 'password', username: SCOPED_TOKEN } as const;

    it('of a repository-scoped token offer no catalog', async () => {
      acr.world.hasCatalog = false;
      expect(await test(PASSWORD, { ...scoped, ...CANARY })).toMatchObject({
        ...{ code: 'ok', principal: { id: SCOPED_TOKEN, kind: 'token' }, permissions: { missing: [] } },
        capabilities: ['tags', 'digest', 'referrers'],
      });
      expect(asked('/oauth2/exchange')).toBe(0);
    });

    it('prove nothing without a canary', async () => {
      const warnings = [expect.stringContaining('config.canary')];
      expect(await test(PASSWORD, scoped)).toMatchObject({ code: 'ok', warnings });
    });

    it("belong to the admin user if the name is the registry's", async () => {
      acr.world.actions = ['pull', 'metadata_read', 'push', 'delete'];
      expect(await test(PASSWORD, { ...scoped, username: '127', ...CANARY })).toMatchObject({
        ...{ principal: { id: '127', kind: 'admin_user' }, permissions: { excess: ['push', 'delete'] } },
      });
    });

    it("belong to the admin user also if the host name has a hash after the registry's name", async () => {
      const resolve = async () => [{ address: '127.0.0.1', family: 4 as const }];
      const named = new EgressClient({ policy: { allow: ['127.0.0.1/32'] }, userAgent: 'spec', resolve });
      const endpoint = `http://acme-d7bmbkfrcdbwdtbn.azurecr.example:${new URL(acr.registry.url).port}`;
      const config = Object.assign(new AcrConfig(), scoped, { username: ADMIN });
      const { integration, deps } = connectTo(named, { endpoint, config, secret: PASSWORD });
      const verdict = await plugin.testConnection(integration, deps, signal);
      expect(verdict).toMatchObject({ code: 'ok', principal: { id: ADMIN, kind: 'admin_user' } });
      await named.close();
    });
  });

  it('reports the firewall instead of a missing permission', async () => {
    acr.world.isFirewalled = true;
    expect(await test()).toMatchObject({ code: 'scope_insufficient', message: expect.stringContaining('firewall') });
  });

  it('warns of an empty catalog', async () => {
    acr.registry.repositories.clear();
    expect(await test()).toMatchObject({ code: 'ok', warnings: [expect.stringContaining('lists no repository')] });
  });
});
