import type { ErrorCode } from '@integrations/contracts';
import type { EgressResponse } from '../egress/egress';
import { ProviderError } from '../provider-error';
import { retryAfterMs } from '../retry-after';
import { parseChallenges } from './challenge';

/** Where a registry that limits does not say for how long. */
const LIMIT_MS = 60_000;

/** https://github.com/opencontainers/distribution-spec/blob/main/spec.md#error-codes, and what Distribution adds. */
const KNOWN_CODES = [
  ...['BLOB_UNKNOWN', 'DENIED', 'MANIFEST_UNKNOWN', 'MANIFEST_INVALID', 'NAME_INVALID', 'NAME_UNKNOWN'],
  ...['PAGINATION_NUMBER_INVALID', 'TAG_INVALID', 'TOOMANYREQUESTS', 'UNAUTHORIZED', 'UNSUPPORTED', 'UNKNOWN'],
];

const BY_STATUS: Readonly<Record<number, readonly [ErrorCode, string]>> = {
  401: ['unauthenticated', 'it refuses the credential'],
  403: ['permission_missing', 'the credential does not allow it'],
  404: ['not_found_or_no_access', 'it does not exist, or the credential may not see it'],
  405: ['unsupported_operation', 'it does not do that'],
  408: ['timeout', 'it gave up waiting'],
  410: ['not_found_or_no_access', 'it is gone'],
};

/** What a refusal of a registry or its token server means; `what` was asked of `product`. Quotes its error code at most. */
export function registryError(response: EgressResponse, product: string, what: string, now: number): ProviderError {
  const { status: httpStatus, headers } = response;
  const code = errorCodeIn(response);
  const base = `${product} answered ${httpStatus}${code ? ` ${code}` : ''} to ${what}`;
  if (httpStatus === 429 || code === 'TOOMANYREQUESTS') {
    const wait = retryAfterMs(headers, now) ?? LIMIT_MS;
    return new ProviderError('rate_limited', `${base}: rate limit`, { httpStatus, retryAfterMs: wait });
  }
  if (httpStatus >= 500) {
    const wait = headers['retry-after'] === undefined ? undefined : retryAfterMs(headers, now);
    return new ProviderError('provider_unavailable', base, {
      httpStatus,
      ...(wait === undefined ? {} : { retryAfterMs: wait }),
    });
  }
  // Distribution says 401 for both; only its challenge tells a token that is no good from one that is not enough.
  if (httpStatus === 401 && challengeError(response) === 'insufficient_scope') {
    return new ProviderError('permission_missing', `${base}: the credential does not allow it`, { httpStatus });
  }
  const [meaning, why] = BY_STATUS[httpStatus] ?? (['invalid_request', 'it does not take the request'] as const);
  return new ProviderError(meaning, `${base}: ${why}`, { httpStatus });
}

/** A reply that is no use although its status is fine: a proxy's page, a body cut short. */
export function unreadable(product: string, what: string, cause?: unknown): ProviderError {
  return new ProviderError('provider_unavailable', `${product}'s answer to ${what} is not what it should be`, {
    cause,
  });
}

/** The `error` of a challenge: `insufficient_scope`, `invalid_token`. */
export function challengeError({ headers }: EgressResponse): string | undefined {
  return parseChallenges(headers['www-authenticate']).find(({ params }) => params['error'])?.params['error'];
}

/** The first error code of a body as the distribution spec has it, if it is one that we know. */
export function errorCodeIn(response: EgressResponse): string | undefined {
  try {
    const { errors } = JSON.parse(response.text()) as { errors?: readonly { code?: unknown }[] };
    const code = String(errors?.[0]?.code).toUpperCase();
    return KNOWN_CODES.find((known) => known === code);
  } catch {
    return undefined; // a page of a proxy, say
  }
}
