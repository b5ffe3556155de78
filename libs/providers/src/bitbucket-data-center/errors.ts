import {
  beginningOf,
  type EgressResponse,
  outageWaitMs,
  ProviderError,
  type RefusalRule,
  ruleFor,
} from '@integrations/provider-kit';
import { waitMs } from './budget';

// In order; the first that fits. The body may be JSON with the name of an exception, or HTML: only patterns are looked for.
const RULES: readonly RefusalRule[] = [
  {
    status: 400,
    text: /more than \d+ annotations/i,
    code: 'limit_reached',
    why: 'the report takes no more annotations',
  },
  { status: 400, text: /less than \d+ char|longer than|too long/i, code: 'too_large', why: 'a text is too long' },
  {
    ...{ status: 400, code: 'invalid_position', why: 'the diff does not show the place' },
    text: /anchor|the diff|"context":\s*"(line|path|srcPath)"/i,
  },
  { status: 401, text: /Expired/i, code: 'unauthenticated', why: 'the token has expired' },
  { status: 401, text: /InactiveUser/, code: 'unauthenticated', why: 'the account of the token is deactivated' },
  // Bitbucket says 401 also to those whom it knows.
  { status: 401, text: /AuthorisationException/, code: 'permission_missing', why: 'the token does not allow it' },
  { status: 401, code: 'unauthenticated', why: 'it refuses the token' },
  {
    ...{ status: 403, code: 'permission_missing', why: 'it took the call for a forged one: a proxy drops its headers' },
    text: /XSRF/,
  },
  { status: 403, code: 'permission_missing', why: 'the token does not allow it' },
  { status: 404, text: /NoSuchPath/, code: 'invalid_position', why: 'the commit has no such file' },
  { status: 404, code: 'not_found_or_no_access', why: 'it does not exist, or the token may not see it' },
  { status: 408, code: 'timeout', why: 'it gave up waiting' },
  { status: 409, text: /archived/i, code: 'permission_missing', why: 'the repository is archived, thus read-only' },
  { status: 409, code: 'conflict', why: 'it is in conflict with the present state' },
  { status: 410, code: 'not_found_or_no_access', why: 'it is gone' },
  { status: 413, code: 'too_large', why: 'the request is too large' },
  { status: 425, code: 'provider_unavailable', why: 'it is too early' },
  { status: 503, code: 'provider_unavailable', why: 'it is starting, or under maintenance' },
];

/** Somebody has changed the comment since it was read. */
export type StaleVersion = ProviderError & { readonly isStaleVersion: true };

/** The account is locked until a person solves a CAPTCHA; each further call keeps it so. */
export type AccountLocked = ProviderError & { readonly isLocked: true };

// Not by class: an error of any copy of ProviderError is an instance of each class made from it.
export function isStaleVersion(error: unknown): error is StaleVersion {
  return error instanceof ProviderError && 'isStaleVersion' in error;
}

export function isLocked(error: unknown): error is AccountLocked {
  return error instanceof ProviderError && 'isLocked' in error;
}

/** What a refusal of Bitbucket means; `what` was asked. Quotes nothing of its body. */
export function errorFrom(response: EgressResponse, what: string, now: number): ProviderError {
  const { status: httpStatus, headers } = response;
  const base = `Bitbucket answered ${httpStatus} to ${what}`;
  const text = beginningOf(response);
  if (httpStatus === 429) {
    const retryAfter = waitMs(headers, now);
    return new ProviderError('rate_limited', `${base}: rate limit`, { httpStatus, retryAfterMs: retryAfter });
  }
  if ((httpStatus === 401 || httpStatus === 403) && wantsCaptcha(headers, text)) {
    const why = `${base}: the account is locked until a person logs in and solves a CAPTCHA`;
    return Object.assign(new ProviderError('unauthenticated', why, { httpStatus }), { isLocked: true });
  }
  // One whom it does not know is not permitted anything, and told so in the same words.
  const isAnonymous = httpStatus === 401 && (headers['x-ausername'] ?? 'anonymous') === 'anonymous';
  const rules = RULES.filter(({ code }) => !isAnonymous || code !== 'permission_missing');
  const rule = ruleFor(rules, httpStatus, text);
  const code = rule?.code ?? (httpStatus >= 500 ? 'provider_unavailable' : 'invalid_request');
  const isStale = httpStatus === 409 && /OutOfDate|"currentVersion"/.test(text);
  const error = new ProviderError(code, `${base}${rule ? `: ${rule.why}` : ''}`, {
    httpStatus,
    ...(isStale ? { transient: true } : {}),
    retryAfterMs: outageWaitMs(response, now),
  });
  return isStale ? Object.assign(error, { isStaleVersion: true }) : error;
}

/** A reply that is no use although its status is fine: a proxy's page, a body cut short. */
export function unreadable(what: string, cause?: unknown): ProviderError {
  return new ProviderError('provider_unavailable', `Bitbucket's answer to ${what} is not what it should be`, { cause });
}

function wantsCaptcha(headers: Readonly<Record<string, string>>, text: string): boolean {
  return (
    /^CAPTCHA/.test(headers['x-authentication-denied-reason'] ?? '') ||
    /AUTHENTICATION_DENIED/.test(headers['x-seraph-loginreason'] ?? '') ||
    /CaptchaRequired/.test(text)
  );
}
