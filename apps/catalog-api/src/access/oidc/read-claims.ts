import { TENANT_PATTERN } from '@integrations/contracts';
import { API_SCOPES, type ApiScope } from '@integrations/secrets';
import type { JWTPayload } from 'jose';
import type { Caller } from '../caller';
import { TokenRefused } from './token-refused';

export interface ClaimNames {
  readonly tenantClaim: string;
  readonly scopeClaim: string;
}

export const LONGEST_SUBJECT = 255;
const CONTROL = /[\u0000-\u001f\u007f]/;

/** The caller that a verified token belongs to. Throws TokenRefused if the token names no valid subject or tenant. */
export function readClaims(claims: JWTPayload, { tenantClaim, scopeClaim }: ClaimNames): Caller {
  // The type says string, but the issuer may have sent anything.
  const sub: unknown = claims.sub;
  if (typeof sub !== 'string' || sub === '' || sub.length > LONGEST_SUBJECT || CONTROL.test(sub))
    throw new TokenRefused('sub');
  const tenantId = claims[tenantClaim];
  if (typeof tenantId !== 'string' || !TENANT_PATTERN.test(tenantId)) throw new TokenRefused(tenantClaim);
  return { tenantId, name: sub, scopes: readScopes(claims[scopeClaim]) };
}

/** Scopes separated by spaces (RFC 9068), or in a list as some issuers send them. Unknown scopes are ignored. */
function readScopes(claim: unknown): ApiScope[] {
  const given: unknown = typeof claim === 'string' ? claim.split(' ') : claim;
  if (!Array.isArray(given)) return [];
  return API_SCOPES.filter((scope) => given.includes(scope));
}
