import {
  beginningOf,
  type EgressResponse,
  outageWaitMs,
  ProviderError,
  rateLimitOf,
  type RefusalRule,
  ruleFor,
} from '@integrations/provider-kit';

/** Instances that require sign-in answer an unknown token with this text. */
const UNKNOWN_TOKEN = /only signed in user/i;

// The first match counts. The body may be JSON, plain text or HTML: it is only searched for patterns.
const RULES: readonly RefusalRule[] = [
  { status: 401, code: 'unauthenticated', why: 'it refuses the token' },
  { status: 403, text: UNKNOWN_TOKEN, code: 'unauthenticated', why: 'it does not recognise the token' },
  // https://github.com/go-gitea/gitea/blob/main/routers/api/v1/api.go
  {
    ...{ status: 403, code: 'permission_missing', why: 'the account may not sign in' },
    text: /prohibited from signing in|not activated|must change your password/i,
    probeCode: 'credential_disabled',
  },
  { status: 403, text: /locked/i, code: 'locked', why: 'the conversation is locked' },
  {
    ...{ status: 403, code: 'permission_missing', why: 'the token is for public repositories only' },
    text: /limited to public/i,
  },
  {
    status: 403,
    text: /archived/i,
    code: 'permission_missing',
    why: 'the repository is archived and therefore read-only',
  },
  {
    ...{ status: 403, code: 'permission_missing', why: 'the user of the token has no write access to the repository' },
    text: /permission to write/i,
  },
  { status: 403, code: 'permission_missing', why: 'the token or the role of its user does not allow it' },
  { status: 404, code: 'not_found_or_no_access', why: 'it does not exist, or the token may not see it' },
  { status: 405, code: 'conflict', why: 'its current state does not allow it' },
  { status: 408, code: 'timeout', why: 'it gave up waiting' },
  { status: 409, code: 'conflict', why: 'it conflicts with the current state' },
  { status: 410, code: 'not_found_or_no_access', why: 'it is gone' },
  { status: 413, code: 'too_large', why: 'the request is too large' },
  { status: 422, text: /closed/i, code: 'closed', why: 'the pull request is closed' },
  { status: 422, code: 'invalid_request', why: 'it refuses the content' },
  {
    status: 423,
    text: /archived/i,
    code: 'permission_missing',
    why: 'the repository is archived and therefore read-only',
  },
  { status: 423, code: 'locked', why: 'the conversation is locked' },
  { status: 425, code: 'provider_unavailable', why: 'it is too early' },
];

/** A token lacks a scope. */
export type ScopeRefused = ProviderError & {
  /** All scopes of the token; null if Gitea does not report them. */
  readonly heldScopes: readonly string[] | null;
};

// Flags instead of subclasses: every ProviderError would be an instance of each subclass, by its `Symbol.hasInstance`.
export function isScopeRefused(error: unknown): error is ScopeRefused {
  return error instanceof ProviderError && 'heldScopes' in error;
}

/** True if Gitea does not know the token, in either of its two ways to say so. */
export function isUnknownToken(response: EgressResponse): boolean {
  return response.status === 401 || (response.status === 403 && UNKNOWN_TOKEN.test(response.text()));
}

/** The meaning of Gitea's refusal of the request `what`. Quotes only the names of scopes from its body. */
export function errorFrom(response: EgressResponse, what: string, now: number): ProviderError {
  const { status: httpStatus } = response;
  const base = `Gitea answered ${httpStatus} to ${what}`;
  const text = beginningOf(response);
  if (httpStatus === 429) return rateLimitOf(response, 'Gitea', what, now);
  const scope = SCOPE.exec(text);
  if (httpStatus === 403 && scope) {
    const [, needed = '', held] = scope;
    const message = `${base}: the token lacks a scope (needed: ${namesIn(needed).join(' or ')})`;
    const error = new ProviderError('permission_missing', message, { httpStatus });
    return Object.assign(error, { heldScopes: held === undefined ? null : namesIn(held) });
  }
  const rule = ruleFor(RULES, httpStatus, text);
  const code = rule?.code ?? (httpStatus >= 500 ? 'provider_unavailable' : 'invalid_request');
  return new ProviderError(code, `${base}${rule ? `: ${rule.why}` : ''}`, {
    ...{ httpStatus, probeCode: rule?.probeCode },
    retryAfterMs: outageWaitMs(response, now),
  });
}

/** The error for a successful status with an unusable body: a proxy's page, or a truncated answer. */
export function unreadable(what: string, cause?: unknown): ProviderError {
  return new ProviderError('provider_unavailable', `Gitea's answer to ${what} has an unexpected format`, { cause });
}

/**
 * Older versions and Forgejo: `… required scope(s): [write:issue]`. Newer ones add `token scope=read:issue,read:user`.
 */
const SCOPE =
  /at least one of required scope\(s\)(?::\s*|,\s*required=)\[([a-z:_, -]{1,200})\](?:,\s*token scope=([a-z:_,-]{0,400}))?/;

function namesIn(list: string): string[] {
  return list.split(/[\s,]+/).filter((name) => name !== '');
}
