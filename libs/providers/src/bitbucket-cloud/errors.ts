import {
  beginningOf,
  type EgressResponse,
  outageWaitMs,
  ProviderError,
  rateLimitOf,
  type RefusalRule,
  ruleFor,
} from '@integrations/provider-kit';

// In order; the first that fits. The body may be JSON, plain text or HTML: only patterns are looked for in it.
const RULES: readonly RefusalRule[] = [
  { status: 400, text: /inline/i, code: 'invalid_position', why: 'it takes no comment at that place' },
  {
    status: 400,
    text: /(maximum of|at most) \/?[\d,]+ annotations/i,
    code: 'limit_reached',
    why: 'it takes no more annotations',
  },
  { status: 400, text: /at most|too long|maximum/i, code: 'too_large', why: 'a text is too long' },
  { status: 401, code: 'unauthenticated', why: 'the credential is wrong, has expired, or is not for this' },
  { status: 403, code: 'permission_missing', why: 'the credential or the role of its account does not allow it' },
  { status: 404, code: 'not_found_or_no_access', why: 'it does not exist, or the credential may not see it' },
  { status: 408, code: 'timeout', why: 'it gave up waiting' },
  { status: 409, code: 'conflict', why: 'it is in conflict with the present state' },
  { status: 410, text: /CHANGE-/, code: 'unsupported_operation', why: 'Atlassian has taken this call away' },
  { status: 410, code: 'not_found_or_no_access', why: 'it is gone' },
  { status: 413, code: 'too_large', why: 'the request is too large' },
  // Bitbucket's own, where it gives up on a diff.
  { status: 555, code: 'too_large', why: 'the diff is too large' },
];

/** What a refusal of Bitbucket means; `what` was asked. Quotes nothing of its body but the names of scopes. */
export function errorFrom(response: EgressResponse, what: string, now: number): ProviderError {
  const { status: httpStatus } = response;
  const base = `Bitbucket answered ${httpStatus} to ${what}`;
  const text = beginningOf(response);
  // Where it does not say for how long: its hour rolls, so that some of it is free again soon.
  if (httpStatus === 429) return rateLimitOf(response, 'Bitbucket', what, now);
  const rule = ruleFor(RULES, httpStatus, text);
  // A redirect that is left over leads nowhere.
  const isBroken = httpStatus >= 500 || httpStatus < 400;
  const code = rule?.code ?? (isBroken ? 'provider_unavailable' : 'invalid_request');
  const message = `${base}${rule ? `: ${rule.why}` : ''}${code === 'permission_missing' ? scopesIn(text) : ''}`;
  return new ProviderError(code, message, { httpStatus, retryAfterMs: outageWaitMs(response, now) });
}

/** A reply that is no use although its status is fine: a proxy's page, a body cut short. */
export function unreadable(what: string, cause?: unknown): ProviderError {
  return new ProviderError('provider_unavailable', `Bitbucket's answer to ${what} is not what it should be`, { cause });
}

/** `"detail": { "required": ["pullrequest"], … }`, all of which it wants. */
function scopesIn(text: string): string {
  const list = /"required"\s*:\s*\[([^\]]{1,200})\]/.exec(text)?.[1] ?? '';
  const scopes = list.match(/[a-z][a-z:_-]{1,60}/g);
  return scopes ? ` (needed: ${scopes.join(', ')})` : '';
}
