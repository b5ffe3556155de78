import { answered, rateLimitOf, refusalOf } from '../egress/api-call';
import type { EgressResponse } from '../egress/egress';
import { beginningOf } from '../egress/refusal-rule';
import { jsonObject } from '../json-object';
import { ProviderError } from '../provider-error';
import { parseChallenges } from './challenge';

/** https://github.com/opencontainers/distribution-spec/blob/main/spec.md#error-codes and the codes that Distribution adds. */
const KNOWN_CODES = [
  ...['BLOB_UNKNOWN', 'DENIED', 'DIGEST_INVALID', 'MANIFEST_UNKNOWN', 'MANIFEST_INVALID', 'NAME_INVALID'],
  ...['NAME_UNKNOWN', 'PAGINATION_NUMBER_INVALID', 'TAG_INVALID', 'TOOMANYREQUESTS', 'UNAUTHORIZED'],
  ...['UNSUPPORTED', 'UNKNOWN'],
];

/** JFrog refuses everything from an account, or an address, for a while after wrong passwords, whatever is sent next. */
const LOCKED_OUT = /blocked due to recurrent login failures, please try again in (\d{1,6}(?:\.\d)?) (second|minute)/;
/** GitHub's words, which its registry uses as well. */
const SECONDARY_LIMIT = /exceeded a secondary rate limit/i;

/** The error for a refusal of a registry or its token server. `what` is the request. Quotes only known error codes. */
export function registryError(response: EgressResponse, product: string, what: string, now: number): ProviderError {
  const code = errorCodeIn(response);
  if (code === 'TOOMANYREQUESTS') return rateLimitOf(response, product, what, now, code);
  const limited = response.status === 403 ? limitBehind403(response, product, what, now) : null;
  if (limited) return limited;
  // Distribution answers 401 both for an invalid token and for one that lacks a scope; only the challenge tells which.
  if (response.status === 401 && challengeError(response) === 'insufficient_scope') {
    const message = `${answered(response, product, what, code)}: the credential does not allow it`;
    return new ProviderError('permission_missing', message, { httpStatus: 401 });
  }
  return refusalOf(response, product, what, now, code);
}

/** The error for a 403 that is a limit by its words; null for any other. */
function limitBehind403(response: EgressResponse, product: string, what: string, now: number): ProviderError | null {
  const text = beginningOf(response);
  if (SECONDARY_LIMIT.test(text)) return rateLimitOf(response, product, what, now);
  const [, amount, unit] = LOCKED_OUT.exec(text) ?? [];
  if (amount === undefined) return null;
  const message = `${answered(response, product, what)}: it blocks logins for a while after failed ones`;
  const retryAfterMs = Number(amount) * (unit === 'minute' ? 60_000 : 1_000);
  return new ProviderError('rate_limited', message, { httpStatus: 403, retryAfterMs });
}

/** The `error` of a challenge: `insufficient_scope`, `invalid_token`. */
export function challengeError({ headers }: EgressResponse): string | undefined {
  return parseChallenges(headers['www-authenticate']).find(({ params }) => params['error'])?.params['error'];
}

/** The first error code in a body of the distribution spec's format, if it is a known code. */
export function errorCodeIn(response: EgressResponse): string | undefined {
  const { errors } = (jsonObject(response.text()) ?? {}) as { errors?: readonly { code?: unknown }[] };
  const code = errors?.[0]?.code;
  return typeof code === 'string' ? KNOWN_CODES.find((known) => known === code.toUpperCase()) : undefined;
}
