import { createHmac } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { exportSPKI, type JWTPayload } from 'jose';
import { AUDIENCE, type Key, newKey } from '../../support/access-tokens';
import { OTHER_AUDIENCE, TestIssuer } from './issuer';
import { expectProblem, register, registration, startCatalog, type TestCatalog, type TestClient } from './support';

const COOLDOWN_MS = 10_000;
// The provider logs at each start that it is not set up for production.
beforeAll(() => (['info', 'warn'] as const).forEach((level) => jest.spyOn(console, level).mockImplementation()));
afterAll(() => jest.restoreAllMocks());

const base64url = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');

describe('access tokens of an OpenID Connect issuer', () => {
  let key: Key;
  let issuer: TestIssuer;
  let catalog: TestCatalog;

  beforeAll(async () => {
    key = await newKey('RS256', 'first');
    issuer = await TestIssuer.start(key);
    catalog = await startCatalog({ oidcIssuer: issuer.url, oidcAudience: AUDIENCE, authFailuresPerMinute: 1_000 });
  });
  afterAll(async () => {
    await catalog.close();
    await issuer.down();
  });

  const bearer = (token: string): TestClient => catalog.anonymous({ authorization: `Bearer ${token}` });
  const statusOf = async (token: string): Promise<number> => (await bearer(token).call('GET', 'integrations')).status;

  async function expectRefused(token: string): Promise<void> {
    const answer = await bearer(token).call('GET', 'integrations');
    expectProblem(answer, 401, 'unauthorized');
    expect(answer.headers.get('www-authenticate')).toBe('Bearer realm="integrations", error="invalid_token"');
    expect(answer.text).not.toContain(token.slice(0, 12));
  }

  it('allow what their scopes allow, in the tenant that they name', async () => {
    const client = bearer(await issuer.token('acme-scanner'));
    const { id } = await register(client, { name: 'By JWT' });
    const { body } = await client.call('GET', `integrations/${id}`);
    expect(body).toMatchObject({ id, tenantId: 'acme', name: 'By JWT' });
    expectProblem(await client.call('POST', `integrations/${id}/test`), 403, 'forbidden');

    const rival = bearer(await issuer.token('rival-scanner'));
    expectProblem(await rival.call('GET', `integrations/${id}`), 404, 'not_found');
    // Tokens from the command line work as well.
    const machine = await catalog.client({ tenantId: 'acme' });
    expect((await machine.call('GET', `integrations/${id}`)).status).toBe(200);
  });

  it('put their subject into the audit trail as the actor', async () => {
    await register(bearer(await issuer.token('acme-scanner')));
    const actors = await catalog.sql<{ actor: string }>(`SELECT DISTINCT actor FROM audit_entry`);
    expect(actors).toContainEqual({ actor: 'acme-scanner' });
  });

  it('allow no more than their scopes', async () => {
    const reader = bearer(await issuer.token('acme-scanner', { scope: 'integrations:read payroll:read' }));
    expect((await reader.call('GET', 'integrations')).status).toBe(200);
    expectProblem(await reader.call('POST', 'integrations', { body: registration() }), 403, 'forbidden');
    const stranger = bearer(await issuer.token('acme-scanner', { scope: 'payroll:read' }));
    expectProblem(await stranger.call('GET', 'integrations'), 403, 'forbidden');
  });

  it('are refused when issued for another audience', async () => {
    await expectRefused(await issuer.token('acme-scanner', { resource: OTHER_AUDIENCE }));
  });

  it('are refused when they name no tenant', async () => {
    await expectRefused(await issuer.token('homeless'));
  });

  describe('with the right signature', () => {
    const inSeconds = (seconds: number) => Math.floor(Date.now() / 1_000) + seconds;

    it('are accepted with the right claims, so that the refusals below are due to the claims', async () => {
      expect(await statusOf(await issuer.forge(key))).toBe(200);
      expect(await statusOf(await issuer.forge(key, { aud: [OTHER_AUDIENCE, AUDIENCE] }))).toBe(200);
      // Small clock differences are tolerated.
      expect(await statusOf(await issuer.forge(key, { exp: inSeconds(-5), nbf: inSeconds(5) }))).toBe(200);
    });

    it.each([
      ['another issuer', { iss: 'https://issuer.example' }],
      ['an issuer that differs by a slash', { iss: 'slash' }],
      ['another audience', { aud: OTHER_AUDIENCE }],
      ['no audience', { aud: undefined }],
      ['an expiry in the past', { exp: inSeconds(-60) }],
      ['no expiry', { exp: undefined }],
      ['a not-before time in the future', { nbf: inSeconds(3_600) }],
      ['no subject', { sub: undefined }],
      ['an empty subject', { sub: '' }],
      ['a subject with a line break', { sub: 'a\nb' }],
      ['no tenant', { tenant: undefined }],
      ['an invalid tenant', { tenant: 'Acme Corp' }],
      ['several tenants', { tenant: ['acme'] }],
      ['a tenant with a wildcard', { tenant: '*' }],
      ['a binding to a key, to be proved by DPoP', { cnf: { jkt: 'a'.repeat(43) } }],
      ['a binding to a client certificate', { cnf: { 'x5t#S256': 'a'.repeat(43) } }],
      ['a null binding', { cnf: null }],
    ])('are refused with %s', async (_what, claims) => {
      const own = 'iss' in claims && claims.iss === 'slash' ? { iss: `${issuer.url}/` } : claims;
      await expectRefused(await issuer.forge(key, own as JWTPayload));
    });
  });

  describe('without the right signature', () => {
    const parts = async () => (await issuer.forge(key)).split('.') as [string, string, string];

    it('are refused when a claim was changed', async () => {
      const [header, , signature] = await parts();
      const claims = {
        iss: issuer.url,
        aud: AUDIENCE,
        sub: 'x',
        exp: 4_102_444_800,
        tenant: 'rival',
        scope: 'integrations:read',
      };
      await expectRefused(`${header}.${base64url(claims)}.${signature}`);
    });

    it('are refused when one bit of the signature was changed, or it is missing', async () => {
      const [header, claims, signature] = await parts();
      const flipped = Buffer.from(signature, 'base64url');
      flipped[10]! ^= 1;
      await expectRefused(`${header}.${claims}.${flipped.toString('base64url')}`);
      await expectRefused(`${header}.${claims}.`);
    });

    it('are refused unsigned, however "none" is spelt', async () => {
      const [, claims] = await parts();
      for (const alg of ['none', 'None', 'NONE']) {
        await expectRefused(`${base64url({ alg, kid: 'first' })}.${claims}.`);
      }
    });

    it('are refused when signed with the public key as an HMAC secret', async () => {
      const [, claims] = await parts();
      const signed = `${base64url({ alg: 'HS256', kid: 'first', typ: 'at+jwt' })}.${claims}`;
      const pem = await exportSPKI(key.publicKey);
      for (const secret of [pem, pem.trim(), JSON.stringify(key.jwk)]) {
        await expectRefused(`${signed}.${createHmac('sha256', secret).update(signed).digest('base64url')}`);
      }
    });

    it('are refused when signed with another key of the same id, or with a key that the token brings along', async () => {
      const own = await newKey('RS256', 'first');
      await expectRefused(await issuer.forge(own));
      const { d: _, ...jwk } = own.jwk;
      await expectRefused(await issuer.forge(own, {}, { jwk }));
      await expectRefused(await issuer.forge(own, {}, { jku: `${issuer.url}/jwks` }));
    });

    it('are refused with an algorithm that is not on the list', async () => {
      await expectRefused(await issuer.forge(await newKey('PS256', 'first')));
    });
  });

  it.each([
    'a.b.c',
    'e30.e30.',
    `${base64url({ alg: 'RS256', crit: ['x'] })}.e30.e30`,
    '..',
    'eyJhbGciOiJSUzI1NiJ9.bm8.bm8',
  ])('are refused when they only look like tokens: %s', async (token) => expectRefused(token));

  it("are accepted with the issuer's new key after a rotation, and refused with the old one", async () => {
    const old = await issuer.token('acme-scanner');
    expect(await statusOf(old)).toBe(200);
    await sleep(COOLDOWN_MS);
    const next = await newKey('ES256', 'second');
    await issuer.rotateTo(next);
    expect(await statusOf(await issuer.token('acme-scanner'))).toBe(200);
    await expectRefused(old);

    // Unknown keys cause a request to the issuer once in ten seconds, not each time.
    const asked = issuer.keyRequests;
    const unknown = await newKey('ES256', 'made up');
    for (let attempt = 0; attempt < 20; attempt += 1) await expectRefused(await issuer.forge(unknown));
    expect(issuer.keyRequests - asked).toBeLessThan(10);
    key = next;
  });
});

describe('an issuer', () => {
  it('that is unavailable causes 503 for its tokens only, until it is back', async () => {
    const key = await newKey('RS256', 'first');
    const issuer = await TestIssuer.start(key);
    const token = await issuer.token('acme-scanner');
    await issuer.down();
    const catalog = await startCatalog({ oidcIssuer: issuer.url, oidcAudience: AUDIENCE });
    try {
      const client = catalog.anonymous({ authorization: `Bearer ${token}` });
      const away = await client.call('GET', 'integrations');
      expectProblem(away, 503, 'provider_unavailable');
      expect(away.headers.get('retry-after')).toBe('5');
      expect(away.text).not.toContain(new URL(issuer.url).host);
      expect((await (await catalog.client()).call('GET', 'integrations')).status).toBe(200);
      // A token that no key could verify is refused even now.
      const unsigned = `${base64url({ alg: 'none' })}.${token.split('.')[1]}.`;
      const refused = await catalog.anonymous({ authorization: `Bearer ${unsigned}` }).call('GET', 'integrations');
      expectProblem(refused, 401, 'unauthorized');

      await issuer.up(key);
      expect((await client.call('GET', 'integrations')).status).toBe(200);
    } finally {
      await catalog.close();
      await issuer.down();
    }
  });

  it('that names itself differently in discovery is not used', async () => {
    const key = await newKey('RS256', 'first');
    const issuer = await TestIssuer.start(key);
    const oidcIssuer = `${issuer.url}/`;
    const catalog = await startCatalog({ oidcIssuer, oidcAudience: AUDIENCE });
    try {
      const token = await issuer.forge(key, { iss: oidcIssuer });
      const answer = await catalog.anonymous({ authorization: `Bearer ${token}` }).call('GET', 'integrations');
      expectProblem(answer, 503, 'provider_unavailable');
    } finally {
      await catalog.close();
      await issuer.down();
    }
  });

  it.each(['EdDSA', 'Ed25519'])(
    'needs no discovery when its keys are configured, and its claims may have other names (%s)',
    async (alg) => {
      const key = await newKey(alg, 'first');
      const issuer = await TestIssuer.start(key);
      const catalog = await startCatalog({
        oidcIssuer: 'https://issuer.example/v2.0',
        oidcAudience: AUDIENCE,
        oidcJwksUri: `${issuer.url}/jwks`,
        oidcTenantClaim: 'https://example.com/org',
        oidcScopeClaim: 'scp',
      });
      try {
        const claims = {
          iss: 'https://issuer.example/v2.0',
          'https://example.com/org': 'acme',
          scp: ['integrations:read'],
          scope: 'integrations:write',
        };
        const client = catalog.anonymous({ authorization: `Bearer ${await issuer.forge(key, claims)}` });
        expect((await client.call('GET', 'integrations')).status).toBe(200);
        expectProblem(await client.call('POST', 'integrations', { body: registration() }), 403, 'forbidden');
      } finally {
        await catalog.close();
        await issuer.down();
      }
    },
  );
});
