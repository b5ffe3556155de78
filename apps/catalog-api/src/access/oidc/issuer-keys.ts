import { createRemoteJWKSet, customFetch, errors, type FetchImplementation, type JWTVerifyGetKey } from 'jose';
import { discover, endpointIn } from './issuer-metadata';
import { IssuerUnavailable } from './issuer-unavailable';

export interface IssuerOptions {
  /** Must equal the `iss` claim of the issuer's tokens. */
  readonly issuer: string;
  /** URL of the issuer's keys; found by discovery if absent. */
  readonly jwksUri?: string;
}

/** Timeout of a fetch, including discovery. */
const TIMEOUT_MS = 5_000;
/** An unknown key id triggers a new fetch of the keys, at most once in this time. */
const COOLDOWN_MS = 10_000;
/** How long a key stays trusted after the issuer withdrew it, at most. */
const MAX_AGE_MS = 600_000;

/** Errors that are the token's fault, as opposed to failures to fetch the keys. */
const OF_THE_TOKEN = [errors.JWKSNoMatchingKey, errors.JWKSMultipleMatchingKeys, errors.JOSENotSupported];

/**
 * The public keys of an OpenID Connect issuer, fetched on first use and whenever an unknown key id appears. For a
 * private CA, set NODE_EXTRA_CA_CERTS.
 */
export function issuerKeys({ issuer, jwksUri }: IssuerOptions, fetching: typeof fetch): JWTVerifyGetKey {
  // Discovery runs before each fetch: an issuer that moves its keys may keep serving the old ones at the former URL.
  const find = async (signal: AbortSignal) => endpointIn(await discover(issuer, fetching, signal), 'jwks_uri');
  const fetchKeys: FetchImplementation = async (_url, init) => fetching(jwksUri ?? (await find(init.signal)), init);
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
