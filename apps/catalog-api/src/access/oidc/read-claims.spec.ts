import type { JWTPayload } from 'jose';
import { readClaims } from './read-claims';
import { TokenRefused } from './token-refused';

const NAMES = { tenantClaim: 'tenant', scopeClaim: 'scope' };

describe('the claims of an access token', () => {
  it('tell subject, tenant and scopes', () => {
    const claims = { sub: 'scanner', tenant: 'acme', scope: 'openid integrations:read annotations:read' };
    expect(readClaims(claims, NAMES)).toEqual({
      tenantId: 'acme',
      name: 'scanner',
      scopes: ['integrations:read', 'annotations:read'],
    });
  });

  it.each([
    ['a list', ['integrations:read', 7, null, 'openid'], ['integrations:read']],
    ['a list of one text', ['integrations:read integrations:write'], []],
    ['nothing', undefined, []],
    ['a number', 7, []],
    ['an object', { 'integrations:read': true }, []],
    ['other case', 'Integrations:Read', []],
    ['all', 'all * integrations:*', []],
  ])('give no scope but those named, where the claim is %s', (_what, scope, scopes) => {
    expect(readClaims({ sub: 'x', tenant: 'acme', scope }, NAMES).scopes).toEqual(scopes);
  });

  it('do not take a tenant from what every object has', () => {
    const names = { ...NAMES, tenantClaim: 'constructor' };
    expect(() => readClaims({ sub: 'x' }, names)).toThrow(TokenRefused);
  });

  it.each([7, true, null, {}, ['scanner'], { length: 1 }])(
    'are refused with the subject %j, which is no text',
    (sub) => {
      const claims = { sub, tenant: 'acme' } as unknown as JWTPayload;
      expect(() => readClaims(claims, NAMES)).toThrow(TokenRefused);
    },
  );

  it('are refused with a subject that is too long', () => {
    expect(readClaims({ sub: 'x'.repeat(255), tenant: 'acme' }, NAMES).name).toHaveLength(255);
    expect(() => readClaims({ sub: 'x'.repeat(256), tenant: 'acme' }, NAMES)).toThrow(TokenRefused);
  });
});
