import {
  beginningOf,
  type EgressResponse,
  outageWaitMs,
  ProviderError,
  type RefusalRule,
  ruleFor,
} from '@integrations/provider-kit';
import { waitMs } from './budget';

// The first match counts. The body may be JSON with the name of an exception, or HTML: it is only searched for
// patterns.
const RULES: readonly RefusalRule[] = [
  {
    status: 400,
    text: /more than \d+ annotations/i,
    code: 'limit_reached',
    why: 'the report accepts no more annotations',
  },
  { status: 400, text: /less than \d+ char|longer than|too long/i, code: 'too_large', why: 'a text is too long' },
  {
    ...{ status: 400, code: 'invalid_position', why: 'the diff does not show the place' },
    text: /anchor|the diff|"context":\s*"(line|path|srcPath)"/i,
  },
  {
    ...{ status: 401, text: /Expired/i, code: 'unauthenticated', why: 'the token has expired' },
    probeCode: 'credential_expired',
  },
  {
    ...{ status: 401, text: /InactiveUser/, code: 'unauthenticated', why: 'the account of the token is deactivated' },
    probeCode: 'credential_disabled',
  },
  // Bitbucket answers 401 to known accounts as well, if they lack a permission.
  { status: 401, text: /AuthorisationException/, code: 'permission_missing', why: 'the token does not allow it' },
  { status: 401, code: 'unauthenticated', why: 'it refuses the token' },
  {
    ...{
      status: 403,
      code: 'permission_missing',
      why: 'it treated the call as forged (XSRF): a proxy removes its headers',
    },
    text: /XSRF/,
  },
  { status: 403, code: 'permission_missing', why: 'the token does not allow it' },
  { status: 404, text: /NoSuchPath/, code: 'invalid_position', why: 'the commit has no such file' },
  { status: 404, code: 'not_found_or_no_access', why: 'it does not exist, or the token may not see it' },
  { status: 408, code: 'timeout', why: 'it gave up waiting' },
  {
    status: 409,
    text: /archived/i,
    code: 'permission_missing',
    why: 'the repository is archived and therefore read-only',
  },
  { status: 409, code: 'conflict', why: 'it conflicts with the current state' },
  { status: 410, code: 'not_found_or_no_access', why: 'it is gone' },
  { status: 413, code: 'too_large', why: 'the request is too large' },
  { status: 425, code: 'provider_unavailable', why: 'it is too early' },
  { status: 503, code: 'provider_unavailable', why: 'it is starting, or under maintenance' },
];

/** Somebody changed the comment after it was read. */
export type StaleVersion = ProviderError & { readonly isStaleVersion: true };

/** The account is locked until a person solves a CAPTCHA. Every further call keeps it locked. */
export type AccountLocked = ProviderError & { readonly isLocked: true };

// Flags instead of subclasses: every ProviderError would be an instance of each subclass, by its `Symbol.hasInstance`.
export function isStaleVersion(error: unknown): error is StaleVersion {
  return error instanceof ProviderError && 'isStaleVersion' in error;
}

export function isLocked(error: unknown): error is AccountLocked {
  return error instanceof ProviderError && 'isLocked' in error;
}

/** The meaning of Bitbucket's refusal of the request `what`. Quotes nothing from its body. */
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
    const error = new ProviderError('unauthenticated', why, { httpStatus, probeCode: 'credential_disabled' });
    return Object.assign(error, { isLocked: true });
  }
  // Anonymous callers lack all permissions, and get the same answer as known accounts that lack one.
  const isAnonymous = httpStatus === 401 && (headers['x-ausername'] ?? 'anonymous') === 'anonymous';
  const rules = RULES.filter(({ code }) => !isAnonymous || code !== 'permission_missing');
  const rule = ruleFor(rules, httpStatus, text);
  const code = rule?.code ?? (httpStatus >= 500 ? 'provider_unavailable' : 'invalid_request');
  const isStale = httpStatus === 409 && /OutOfDate|"currentVersion"/.test(text);
  const error = new ProviderError(code, `${base}${rule ? `: ${rule.why}` : ''}`, {
    ...{ httpStatus, probeCode: rule?.probeCode },
    ...(isStale ? { transient: true } : {}),
    retryAfterMs: outageWaitMs(response, now),
  });
  return isStale ? Object.assign(error, { isStaleVersion: true }) : error;
}

/** The error for a successful status with an unusable body: a proxy's page, or a truncated answer. */
export function unreadable(what: string, cause?: unknown): ProviderError {
  return new ProviderError('provider_unavailable', `Bitbucket's answer to ${what} has an unexpected format`, { cause });
}

function wantsCaptcha(headers: Readonly<Record<string, string>>, text: string): boolean {
  return (
    /^CAPTCHA/.test(headers['x-authentication-denied-reason'] ?? '') ||
    /AUTHENTICATION_DENIED/.test(headers['x-seraph-loginreason'] ?? '') ||
    /CaptchaRequired/.test(text)
  );
}
