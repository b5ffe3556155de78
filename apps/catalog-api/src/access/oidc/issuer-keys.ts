import { createRemoteJWKSet, customFetch, errors, type FetchImplementation, type JWTVerifyGetKey } from 'jose';
import { isSecureUrl } from './secure-url';

/** The issuer cannot be asked for its keys now: that says nothing of the token that is to be checked. */
export class IssuerUnavailable extends Error {
  override readonly name = 'IssuerUnavailable';
}

export interface IssuerOptions {
  /** Exactly as the `iss` claim of its tokens says it. */
  readonly issuer: string;
  /** Where its keys are; discovered if absent. */
  readonly jwksUri?: string;
}

/** Discovery included. */
const TIMEOUT_MS = 5_000;
/** A key that is not known yet has the keys fetched anew, but not more often than this. */
const COOLDOWN_MS = 10_000;
/** A key that the issuer has withdrawn is trusted no longer than this. */
const MAX_AGE_MS = 600_000;

/** What a token got wrong about its key, as opposed to what went wrong on the way to the keys. */
const OF_THE_TOKEN = [errors.JWKSNoMatchingKey, errors.JWKSMultipleMatchingKeys, errors.JOSENotSupported];

/**
 * The public keys of an OpenID Connect issuer, fetched when they are first needed and when an unknown one turns up.
 *
 * Fetched with the platform's own fetch and not by the egress client: that one guards against addresses which tenants
 * choose, while the issuer is the operator's choice and often lives in a private range. Redirects are not followed, and
 * a CA of one's own comes in by NODE_EXTRA_CA_CERTS.
 */
export function issuerKeys({ issuer, jwksUri }: IssuerOptions): JWTVerifyGetKey {
  // Where they are is found out each time: an issuer that moves them may go on serving the old ones at the former place.
  const fetchKeys: FetchImplementation = async (_url, init) =>
    fetch(jwksUri ?? (await discover(issuer, init.signal)), init);
  const keys = createRemoteJWKSet(new URL(jwksUri ?? issuer), {
    ...{ timeoutDuration: TIMEOUT_MS, cooldownDuration: COOLDOWN_MS, cacheMaxAge: MAX_AGE_MS },
    [customFetch]: fetchKeys,
  });
  return async (header, token) => {
    try {
      return await keys(header, token);
    } catch (error) {
      if (OF_THE_TOKEN.some((kind) => error instanceof kind) || error instanceof IssuerUnavailable) throw error;
      throw new IssuerUnavailable('the keys of the issuer cannot be fetched', { cause: error });
    }
  };
}

/** https://openid.net/specs/openid-connect-discovery-1_0.html#ProviderConfig */
async function discover(issuer: string, signal: AbortSignal): Promise<string> {
  const url = `${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`;
  const response = await fetch(url, { redirect: 'error', signal });
  if (!response.ok) throw new IssuerUnavailable(`discovery answers ${response.status}`);
  const metadata = (await response.json()) as { issuer?: unknown; jwks_uri?: unknown } | null;
  // Another issuer's keys would verify another issuer's tokens.
  if (metadata?.issuer !== issuer) throw new IssuerUnavailable('discovery names another issuer');
  const { jwks_uri: found } = metadata;
  if (typeof found !== 'string' || !isSecureUrl(found))
    throw new IssuerUnavailable('discovery names no https jwks_uri');
  return found;
}
