import type { ErrorCode } from '@integrations/contracts';
import {
  beginningOf,
  type EgressResponse,
  outageWaitMs,
  ProviderError,
  type ProviderErrorOptions,
  type RefusalRule,
  retryAfterMs,
  ruleFor,
} from '@integrations/provider-kit';

/** The request, for the error message, and the token's age, for judging the refusal. */
export interface Asked {
  /** Method and path; holds no secret. */
  readonly what: string;
  /** Such as `checks:write`. */
  readonly permission: string | null;
  /** Milliseconds since the token was minted; null for a JWT. */
  readonly tokenAgeMs: number | null;
}

/** GitHub may take this long to propagate a new token; until then it answers 401, 403 or 404. */
export const TOKEN_SETTLES_MS = 5_000;

const SECONDARY_LIMIT_MS = 60_000;
/** Codes of refusals that may only mean that GitHub does not know the token yet. */
const UNSETTLED: readonly ErrorCode[] = ['unauthenticated', 'permission_missing', 'not_found_or_no_access'];
const UNKNOWN_APP = /integration not found/i;
const CLOCK_CLAIM = /claim \('(iat|exp)'\)/;
/** Unlike "this diff is temporarily unavailable due to heavy server load", these do not pass. */
const NO_DIFF = /diff is taking too long to generate|problem generating this diff/i;
const RATE_LIMIT_TEXT = /rate limit|abuse detection|submitted too quickly/i;

// The first match counts. The body may be JSON, plain text or HTML: it is only searched for patterns.
const RULES: readonly RefusalRule[] = [
  { status: 301, code: 'not_found_or_no_access', why: 'it has moved, and its new address cannot be found' },
  { status: 302, code: 'not_found_or_no_access', why: 'it has moved, and its new address cannot be found' },
  {
    ...{ status: 401, text: CLOCK_CLAIM, code: 'unauthenticated', why: 'the clocks here and at GitHub differ' },
    probeCode: 'clock_skew',
  },
  // GitHub itself says whether the clock is the reason, so a probe must not blame it here.
  { status: 401, code: 'unauthenticated', why: 'it refuses the credential', probeCode: 'credential_invalid' },
  {
    status: 403,
    text: /installation has been suspended/i,
    code: 'not_installed',
    why: 'the installation is suspended',
  },
  { status: 403, text: /is locked/i, code: 'locked', why: 'the conversation is locked' },
  { status: 403, text: /commenting is disabled/i, code: 'limit_reached', why: 'it accepts no more comments there' },
  {
    status: 403,
    text: /archived/i,
    code: 'permission_missing',
    why: 'the repository is archived and therefore read-only',
  },
  { status: 403, text: /SAML/, code: 'permission_missing', why: 'the organisation requires single sign-on' },
  { status: 403, text: /flagged|spam/i, code: 'permission_missing', why: 'it has flagged the account as spam' },
  { status: 403, text: /account was suspended/i, code: 'permission_missing', why: 'the account is suspended' },
  // Blocked for everybody, as with a 451: no permission helps.
  { status: 403, text: /access blocked/i, code: 'not_found_or_no_access', why: 'GitHub has disabled the repository' },
  { status: 403, text: /locked for migration/i, code: 'not_found_or_no_access', why: 'the repository is migrated' },
  { status: 403, text: /IP allow list/i, code: 'permission_missing', why: 'our address is not on its IP allow list' },
  { status: 403, code: 'permission_missing', why: 'the installation does not allow it' },
  {
    ...{ status: 404, text: UNKNOWN_APP, code: 'unauthenticated', why: 'there is no such app' },
    probeCode: 'not_found_or_hidden',
  },
  {
    status: 404,
    code: 'not_found_or_no_access',
    why: 'it does not exist, or the app may not see it',
  },
  { status: 408, code: 'timeout', why: 'it gave up waiting' },
  { status: 409, code: 'conflict', why: 'it conflicts with the current state' },
  { status: 410, code: 'not_found_or_no_access', why: 'it is gone' },
  { status: 413, code: 'too_large', why: 'the request is too large' },
  { status: 422, text: /is locked/i, code: 'locked', why: 'the conversation is locked' },
  // Until it is submitted or deleted, GitHub refuses every review and review comment, and nobody else sees it.
  {
    status: 422,
    text: /one pending review/i,
    code: 'conflict',
    why: 'a review that the app has begun there is still pending: submit or delete it',
  },
  // After a force push. The name of the field depends on the call: commit_id, end_commit_oid, commitOID.
  {
    status: 422,
    text: /commit[_ ]?o?id is not part of the pull request/i,
    code: 'stale_head',
    why: 'the pull request no longer has that commit',
  },
  {
    status: 422,
    text: /must be part of the diff|diff hunk can't be blank|could not be resolved/i,
    code: 'invalid_position',
    why: 'the diff does not show the line',
  },
  { status: 422, text: /too long|maximum bytesize/i, code: 'too_large', why: 'a text is too long' },
  {
    status: 422,
    text: /no commit found|no such commit/i,
    code: 'not_found_or_no_access',
    why: 'the repository has no such commit',
  },
  { status: 422, text: /maximum number of/i, code: 'limit_reached', why: 'it has reached its limit for these' },
  {
    status: 422,
    text: /permissions requested are not granted/i,
    code: 'permission_missing',
    why: 'the installation does not grant it',
  },
  { status: 422, code: 'invalid_request', why: 'it refuses the content' },
  // Of the files of a pull request. GitHub.com answers 422 for most of these, as for other content that it refuses.
  { status: 500, text: NO_DIFF, code: 'invalid_request', why: 'it cannot generate the diff' },
  { status: 503, text: NO_DIFF, code: 'invalid_request', why: 'it cannot generate the diff' },
  { status: 425, code: 'provider_unavailable', why: 'it is too early' },
  { status: 451, code: 'not_found_or_no_access', why: 'it is blocked for legal reasons' },
];

/** The meaning of a refusal by GitHub. Quotes nothing from its body. */
export function errorFrom(response: EgressResponse, asked: Asked, now: number): ProviderError {
  const limited = limitFrom(response, asked.what, now);
  if (limited) return limited;
  const base = `GitHub answered ${response.status} to ${asked.what}`;
  const httpStatus = response.status;
  const rule = ruleFor(RULES, httpStatus, beginningOf(response));
  const code = rule?.code ?? (response.status >= 500 ? 'provider_unavailable' : 'invalid_request');
  const needs = code === 'permission_missing' ? neededFor(asked, response) : '';
  const message = `${base}${rule ? `: ${rule.why}` : ''}${needs}`;
  const probeCode = rule?.probeCode;
  return new ProviderError(code, message, { httpStatus, probeCode, ...timing(code, asked, response, now) });
}

/** The error for a refusal that is a rate limit; null for any other refusal. */
export function limitFrom(response: EgressResponse, what: string, now: number): ProviderError | null {
  const wait = rateLimit(response, now);
  if (wait === null) return null;
  const { status: httpStatus } = response;
  const message = `GitHub answered ${httpStatus} to ${what}: rate limit`;
  return new ProviderError('rate_limited', message, { httpStatus, retryAfterMs: wait });
}

/** The permission that we requested, and those that GitHub would accept for this call. */
function neededFor({ permission }: Asked, response: EgressResponse): string {
  const accepted = acceptedPermissions(response);
  const parts = [...(permission ? [`needed: ${permission}`] : []), ...(accepted ? [`accepted: ${accepted}`] : [])];
  return parts.length > 0 ? ` (${parts.join('; ')})` : '';
}

/** Writes the alternatives `pull_requests=write; issues=write` as `pull_requests:write or issues:write`. */
function acceptedPermissions({ headers }: EgressResponse): string | null {
  const accepted = headers['x-accepted-github-permissions'] ?? '';
  if (!/^[a-z_]+=[a-z]+([,;] ?[a-z_]+=[a-z]+)*$/.test(accepted)) return null;
  return accepted.replaceAll('=', ':').replaceAll(/, ?/g, ' and ').replaceAll(/; ?/g, ' or ');
}

/** True if GitHub rejects a JWT because of its issue or expiry time. */
export function blamesClock(response: EgressResponse): boolean {
  return response.status === 401 && CLOCK_CLAIM.test(beginningOf(response));
}

/** True if the token lacks the permission for the resource, or cannot see it. */
export function isOutOfReach(response: EgressResponse, now: number): boolean {
  return response.status === 404 || (response.status === 403 && rateLimit(response, now) === null);
}

/** True if GitHub knows no app of this id, so that the 404 says nothing about the requested resource. */
export function isUnknownApp(response: EgressResponse): boolean {
  return response.status === 404 && UNKNOWN_APP.test(beginningOf(response));
}

/** The error for a successful status with an unusable body: a proxy's page, or a truncated answer. */
export function unreadable(what: string, cause?: unknown): ProviderError {
  return new ProviderError('provider_unavailable', `GitHub's answer to ${what} has an unexpected format`, { cause });
}

function timing(code: ErrorCode, { tokenAgeMs }: Asked, response: EgressResponse, now: number): ProviderErrorOptions {
  const isUnsettled = tokenAgeMs !== null && tokenAgeMs < TOKEN_SETTLES_MS && UNSETTLED.includes(code);
  if (isUnsettled && [401, 403, 404].includes(response.status)) {
    return { transient: true, retryAfterMs: TOKEN_SETTLES_MS - tokenAgeMs };
  }
  return { retryAfterMs: outageWaitMs(response, now) };
}

// GitHub answers 403 for rate limits as well as for missing permissions; the headers and the text tell them apart.
// https://docs.github.com/en/rest/using-the-rest-api/rate-limits-for-the-rest-api
function rateLimit(response: EgressResponse, now: number): number | null {
  const { status, headers } = response;
  const namesLimit = 'retry-after' in headers || headers['x-ratelimit-remaining'] === '0';
  const limited =
    status === 429 ||
    (status === 403 && namesLimit) ||
    ((status === 403 || status === 422) && RATE_LIMIT_TEXT.test(beginningOf(response)));
  if (!limited) return null;
  return (namesLimit ? retryAfterMs(headers, now) : undefined) ?? SECONDARY_LIMIT_MS;
}
