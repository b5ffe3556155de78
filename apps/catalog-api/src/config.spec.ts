import { loadConfig } from '@integrations/config';
import { CatalogConfig } from './config';

const SERVERS = { DATABASE_URL: 'postgres://localhost/x', NATS_URL: 'nats://localhost' };

const SIGN_IN = {
  OIDC_ISSUER: 'https://id.example',
  OIDC_AUDIENCE: 'integrations',
  CONSOLE_OIDC_CLIENT_ID: 'console',
  CONSOLE_URL: 'https://integrations.example',
};

describe('CatalogConfig', () => {
  const load = (env: Record<string, string>): CatalogConfig => loadConfig(CatalogConfig, { ...SERVERS, ...env });

  it('does not require a token issuer', () => {
    const { oidcIssuer, oidcAudience, oidcTenantClaim, oidcScopeClaim } = load({});
    expect({ oidcIssuer, oidcAudience }).toEqual({ oidcIssuer: undefined, oidcAudience: undefined });
    expect({ oidcTenantClaim, oidcScopeClaim }).toEqual({ oidcTenantClaim: 'tenant', oidcScopeClaim: 'scope' });
  });

  it('accepts an issuer together with our audience', () => {
    const env = { OIDC_ISSUER: 'https://id.example/realms/a', OIDC_AUDIENCE: 'integrations' };
    expect(load(env)).toMatchObject({ oidcIssuer: env.OIDC_ISSUER, oidcAudience: env.OIDC_AUDIENCE });
    expect(load({ ...env, OIDC_JWKS_URI: 'http://127.0.0.1:9/jwks' }).oidcJwksUri).toBe('http://127.0.0.1:9/jwks');
  });

  it('does not require a client for console sign-in', () => {
    const { consoleOidcClientId, consoleUrl } = load({});
    expect([consoleOidcClientId, consoleUrl]).toEqual([undefined, undefined]);
  });

  it('accepts a client for console sign-in, which requests all scopes of the API unless others are configured', () => {
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
    ['a client without the console address', { CONSOLE_URL: '' }, 'CONSOLE_URL'],
    ['the console address without a client', { CONSOLE_OIDC_CLIENT_ID: '' }, 'CONSOLE_OIDC_CLIENT_ID'],
    ['a console address without TLS', { CONSOLE_URL: 'http://integrations.example' }, 'CONSOLE_URL'],
    ['a console address with a path', { CONSOLE_URL: 'https://example.com/integrations' }, 'CONSOLE_URL'],
    ['a secret instead of its file', { CONSOLE_OIDC_CLIENT_SECRET_FILE: 'hunter2' }, 'CONSOLE_OIDC_CLIENT_SECRET_FILE'],
    [
      'a secret in a variable that the app does not read',
      { CONSOLE_OIDC_CLIENT_SECRET: 'hunter2' },
      'CONSOLE_OIDC_CLIENT_SECRET',
    ],
    ['an audit key in a variable that the app does not read', { AUDIT_KEY: 'hunter2' }, 'AUDIT_KEY'],
    ['scopes without openid', { CONSOLE_OIDC_SCOPES: 'integrations:read openid2' }, 'CONSOLE_OIDC_SCOPES'],
    ['scopes separated by commas', { CONSOLE_OIDC_SCOPES: 'openid,integrations:read' }, 'CONSOLE_OIDC_SCOPES'],
    ['a reserved protocol parameter', { CONSOLE_OIDC_AUDIENCE_PARAMETER: 'state' }, 'CONSOLE_OIDC_AUDIENCE_PARAMETER'],
  ])('refuses %s', (_what, env, key) => {
    expect(() => load({ ...SIGN_IN, ...env })).toThrow(new RegExp(`${key}\\b`));
  });

  it.each([
    ['an issuer without an audience', { OIDC_ISSUER: 'https://id.example' }, 'OIDC_AUDIENCE'],
    ['an audience without an issuer', { OIDC_AUDIENCE: 'x' }, 'OIDC_ISSUER'],
    ['keys without an issuer', { OIDC_JWKS_URI: 'https://id.example/jwks' }, 'OIDC_ISSUER'],
    ['an issuer without TLS', { OIDC_ISSUER: 'http://id.example', OIDC_AUDIENCE: 'x' }, 'OIDC_ISSUER'],
    ['an issuer with a query', { OIDC_ISSUER: 'https://id.example?a=b', OIDC_AUDIENCE: 'x' }, 'OIDC_ISSUER'],
    ['an issuer with a password', { OIDC_ISSUER: 'https://u:p@id.example', OIDC_AUDIENCE: 'x' }, 'OIDC_ISSUER'],
    [
      'a host that begins like loopback',
      { OIDC_ISSUER: 'http://127.0.0.1.example', OIDC_AUDIENCE: 'x' },
      'OIDC_ISSUER',
    ],
    [
      'a key address without TLS',
      { OIDC_ISSUER: 'https://id.example', OIDC_AUDIENCE: 'x', OIDC_JWKS_URI: 'http://id.example/jwks' },
      'OIDC_JWKS_URI',
    ],
    ['an invalid claim name', { OIDC_TENANT_CLAIM: 'a b' }, 'OIDC_TENANT_CLAIM'],
    ['a limit that lets nobody in', { REQUESTS_PER_MINUTE: '0' }, 'REQUESTS_PER_MINUTE'],
    ['a trusted proxy given by name', { TRUSTED_PROXIES: 'ingress.local' }, 'TRUSTED_PROXIES'],
    ['a trusted range that covers every address', { TRUSTED_PROXIES: '10.0.0.1,0.0.0.0/0' }, 'TRUSTED_PROXIES'],
  ])('refuses %s', (_what, env, key) => {
    expect(() => load(env)).toThrow(new RegExp(`${key}\\b`));
  });
});
