import { errors, jwtVerify, type JWTVerifyGetKey } from 'jose';
import type { Caller } from '../caller';
import { IssuerUnavailable } from './issuer-unavailable';
import { type ClaimNames, readClaims } from './read-claims';
import { TokenRefused } from './token-refused';

export interface AccessTokenRules extends ClaimNames {
  readonly issuer: string;
  readonly audience: string;
}

/**
 * Only signatures by a private key: anyone with the public key could sign HS256, and anyone at all `none`. Ed25519 is the
 * new name of EdDSA with that curve: https://www.rfc-editor.org/rfc/rfc9864
 */
const ALGORITHMS = ['RS256', 'ES256', 'EdDSA', 'Ed25519'];
const CLOCK_SKEW_S = 30;

/** JWT access tokens (RFC 9068) of one OpenID Connect issuer. */
export class AccessTokens {
  constructor(
    private readonly rules: AccessTokenRules,
    private readonly keys: JWTVerifyGetKey,
  ) {}

  /** True if the token has the form of a JWT, so that the database need not be asked about it. */
  static looksLike(token: string): boolean {
    return /^[\w-]+\.[\w-]+\.[\w-]*$/.test(token);
  }

  /** Throws TokenRefused, or IssuerUnavailable if the issuer's keys cannot be fetched. */
  async verify(token: string): Promise<Caller> {
    const { issuer, audience } = this.rules;
    try {
      const { payload } = await jwtVerify(token, this.keys, {
        issuer,
        audience,
        algorithms: ALGORITHMS,
        clockTolerance: CLOCK_SKEW_S,
        requiredClaims: ['exp'],
      });
      // The token is bound to a key that its client must prove to hold, by DPoP or TLS. Sent as a plain bearer token,
      // it may be stolen.
      // https://www.rfc-editor.org/rfc/rfc9449#section-7.2 and https://www.rfc-editor.org/rfc/rfc8705#section-3
      if (payload['cnf'] !== undefined) throw new TokenRefused('cnf');
      return readClaims(payload, this.rules);
    } catch (error) {
      if (error instanceof IssuerUnavailable || error instanceof TokenRefused) throw error;
      throw new TokenRefused(reasonOf(error), { cause: error });
    }
  }
}

function reasonOf(error: unknown): string {
  if (error instanceof errors.JWTClaimValidationFailed || error instanceof errors.JWTExpired) return error.claim;
  return error instanceof errors.JOSEError ? error.code : 'ERR_UNEXPECTED';
}
