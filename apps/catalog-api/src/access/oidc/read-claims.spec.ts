import type { JWTPayload } from 'jose';
import { readClaims } from './read-claims';
import { TokenRefused } from './token-refused';

const NAMES = { tenantClaim: 'tenant', scopeClaim: 'scope' };

describe('readClaims', () => {
  it('reads subject, tenant and scopes', () => {
    const claims = { sub: 'scanner', tenant: 'acme', scope: 'openid integrations:read annotations:read' };
    expect(readClaims(claims, NAMES)).toEqual({
      tenantId: 'acme',
      name: 'scanner',
      scopes: ['integrations:read', 'annotations:read'],
    });
  });

  it.each([
    ['a list', ['integrations:read', 7, null, 'openid'], ['integrations:read']],
    ['a list of one string', ['integrations:read integrations:write'], []],
    ['nothing', undefined, []],
    ['a number', 7, []],
    ['an object', { 'integrations:read': true }, []],
    ['a scope in another case', 'Integrations:Read', []],
    ['wildcards', 'all * integrations:*', []],
  ])('grants only scopes that are named exactly, when the claim is %s', (_what, scope, scopes) => {
    expect(readClaims({ sub: 'x', tenant: 'acme', scope }, NAMES).scopes).toEqual(scopes);
  });

  it('does not take a property that every object inherits for a tenant', () => {
    const names = { ...NAMES, tenantClaim: 'constructor' };
    expect(() => readClaims({ sub: 'x' }, names)).toThrow(TokenRefused);
  });

  it.each([7, true, null, {}, ['scanner'], { length: 1 }])('refuses the subject %j, which is not a string', (sub) => {
    const claims = { sub, tenant: 'acme' } as unknown as JWTPayload;
    expect(() => readClaims(claims, NAMES)).toThrow(TokenRefused);
  });

  it('refuses a subject that is too long', () => {
    expect(readClaims({ sub: 'x'.repeat(255), tenant: 'acme' }, NAMES).name).toHaveLength(255);
    expect(() => readClaims({ sub: 'x'.repeat(256), tenant: 'acme' }, NAMES)).toThrow(TokenRefused);
  });
});
