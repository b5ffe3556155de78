import { createRemoteJWKSet, customFetch, errors, type FetchImplementation, type JWTVerifyGetKey } from 'jose';
import { discover, endpointIn } from './issuer-metadata';
import { IssuerUnavailable } from './issuer-unavailable';

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
 * A CA of one's own comes in by NODE_EXTRA_CA_CERTS.
 */
export function issuerKeys({ issuer, jwksUri }: IssuerOptions, fetching: typeof fetch): JWTVerifyGetKey {
  // Where they are is found out each time: an issuer that moves them may go on serving the old ones at the former place.
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
