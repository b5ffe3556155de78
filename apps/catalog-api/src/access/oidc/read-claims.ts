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

/** Who the bearer of a verified token is. Throws TokenRefused if it names no subject or no tenant. */
export function readClaims(claims: JWTPayload, { tenantClaim, scopeClaim }: ClaimNames): Caller {
  // Whatever its type says: that a claim is a text is the issuer's to keep.
  const sub: unknown = claims.sub;
  if (typeof sub !== 'string' || sub === '' || sub.length > LONGEST_SUBJECT || CONTROL.test(sub))
    throw new TokenRefused('sub');
  const tenantId = claims[tenantClaim];
  if (typeof tenantId !== 'string' || !TENANT_PATTERN.test(tenantId)) throw new TokenRefused(tenantClaim);
  return { tenantId, name: sub, scopes: readScopes(claims[scopeClaim]) };
}

/** Texts between spaces (RFC 9068) or a list of them, as some issuers have it. What is not a scope of ours is left out. */
function readScopes(claim: unknown): ApiScope[] {
  const given: unknown = typeof claim === 'string' ? claim.split(' ') : claim;
  if (!Array.isArray(given)) return [];
  return API_SCOPES.filter((scope) => given.includes(scope));
}
