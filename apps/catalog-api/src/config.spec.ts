import { loadConfig } from '@integrations/config';
import { CatalogConfig } from './config';

const SERVERS = { DATABASE_URL: 'postgres://localhost/x', NATS_URL: 'nats://localhost' };

const SIGN_IN = {
  OIDC_ISSUER: 'https://id.example',
  OIDC_AUDIENCE: 'integrations',
  CONSOLE_OIDC_CLIENT_ID: 'console',
  CONSOLE_URL: 'https://integrations.example',
};

describe('the configuration of the catalog', () => {
  const load = (env: Record<string, string>): CatalogConfig => loadConfig(CatalogConfig, { ...SERVERS, ...env });

  it('needs no issuer of access tokens', () => {
    const { oidcIssuer, oidcAudience, oidcTenantClaim, oidcScopeClaim } = load({});
    expect({ oidcIssuer, oidcAudience }).toEqual({ oidcIssuer: undefined, oidcAudience: undefined });
    expect({ oidcTenantClaim, oidcScopeClaim }).toEqual({ oidcTenantClaim: 'tenant', oidcScopeClaim: 'scope' });
  });

  it('takes an issuer with the audience that is ours', () => {
    const env = { OIDC_ISSUER: 'https://id.example/realms/a', OIDC_AUDIENCE: 'integrations' };
    expect(load(env)).toMatchObject({ oidcIssuer: env.OIDC_ISSUER, oidcAudience: env.OIDC_AUDIENCE });
    expect(load({ ...env, OIDC_JWKS_URI: 'http://127.0.0.1:9/jwks' }).oidcJwksUri).toBe('http://127.0.0.1:9/jwks');
  });

  it('needs no client for signing in to the console', () => {
    const { consoleOidcClientId, consoleUrl } = load({});
    expect([consoleOidcClientId, consoleUrl]).toEqual([undefined, undefined]);
  });

  it('takes a client for signing in, which asks for all scopes of the API unless others are named', () => {
    expect(load(SIGN_IN)).toMatchObject({ consoleOidcClientId: 'console', consoleUrl: 'https://integrations.example' });
    expect(load(SIGN_IN).consoleOidcScopes).toBe(
      'openid integrations:read integrations:write integrations:test annotations:read annotations:write audit:read secrets:write',
    );
    const scopes = 'api://integrations/.default openid';
    expect(load({ ...SIGN_IN, CONSOLE_OIDC_SCOPES: scopes }).consoleOidcScopes).toBe(scopes);
    expect(load({ ...SIGN_IN, CONSOLE_URL: 'http://127.0.0.1:4700/' }).consoleUrl).toBe('http://127.0.0.1:4700/');
  });

  it.each([
    ['a client without an issuer', { OIDC_ISSUER: '', OIDC_AUDIENCE: '' }, 'OIDC_ISSUER'],
    ['a client without the address of the console', { CONSOLE_URL: '' }, 'CONSOLE_URL'],
    ['the address of the console without a client', { CONSOLE_OIDC_CLIENT_ID: '' }, 'CONSOLE_OIDC_CLIENT_ID'],
    ['a console in the clear', { CONSOLE_URL: 'http://integrations.example' }, 'CONSOLE_URL'],
    ['a console below a path', { CONSOLE_URL: 'https://example.com/integrations' }, 'CONSOLE_URL'],
    ['a secret instead of its file', { CONSOLE_OIDC_CLIENT_SECRET_FILE: 'hunter2' }, 'CONSOLE_OIDC_CLIENT_SECRET_FILE'],
    ['a secret that it would not read', { CONSOLE_OIDC_CLIENT_SECRET: 'hunter2' }, 'CONSOLE_OIDC_CLIENT_SECRET'],
    ['an audit key that it would not read', { AUDIT_KEY: 'hunter2' }, 'AUDIT_KEY'],
    ['scopes without openid', { CONSOLE_OIDC_SCOPES: 'integrations:read openid2' }, 'CONSOLE_OIDC_SCOPES'],
    ['scopes between commas', { CONSOLE_OIDC_SCOPES: 'openid,integrations:read' }, 'CONSOLE_OIDC_SCOPES'],
    ['a parameter of the protocol', { CONSOLE_OIDC_AUDIENCE_PARAMETER: 'state' }, 'CONSOLE_OIDC_AUDIENCE_PARAMETER'],
  ])('refuses %s', (_what, env, key) => {
    expect(() => load({ ...SIGN_IN, ...env })).toThrow(new RegExp(`${key}\\b`));
  });

  it.each([
    ['an issuer without an audience', { OIDC_ISSUER: 'https://id.example' }, 'OIDC_AUDIENCE'],
    ['an audience without an issuer', { OIDC_AUDIENCE: 'x' }, 'OIDC_ISSUER'],
    ['keys without an issuer', { OIDC_JWKS_URI: 'https://id.example/jwks' }, 'OIDC_ISSUER'],
    ['an issuer in the clear', { OIDC_ISSUER: 'http://id.example', OIDC_AUDIENCE: 'x' }, 'OIDC_ISSUER'],
    ['an issuer with a query', { OIDC_ISSUER: 'https://id.example?a=b', OIDC_AUDIENCE: 'x' }, 'OIDC_ISSUER'],
    ['an issuer with a password', { OIDC_ISSUER: 'https://u:p@id.example', OIDC_AUDIENCE: 'x' }, 'OIDC_ISSUER'],
    [
      'a host that begins like loopback',
      { OIDC_ISSUER: 'http://127.0.0.1.example', OIDC_AUDIENCE: 'x' },
      'OIDC_ISSUER',
    ],
    [
      'keys in the clear',
      { OIDC_ISSUER: 'https://id.example', OIDC_AUDIENCE: 'x', OIDC_JWKS_URI: 'http://id.example/jwks' },
      'OIDC_JWKS_URI',
    ],
    ['a claim without a name', { OIDC_TENANT_CLAIM: 'a b' }, 'OIDC_TENANT_CLAIM'],
    ['a limit that lets nobody in', { REQUESTS_PER_MINUTE: '0' }, 'REQUESTS_PER_MINUTE'],
    ['a proxy by its name', { TRUSTED_PROXIES: 'ingress.local' }, 'TRUSTED_PROXIES'],
    ['everybody as a proxy', { TRUSTED_PROXIES: '10.0.0.1,0.0.0.0/0' }, 'TRUSTED_PROXIES'],
  ])('refuses %s', (_what, env, key) => {
    expect(() => load(env)).toThrow(new RegExp(`${key}\\b`));
  });
});
