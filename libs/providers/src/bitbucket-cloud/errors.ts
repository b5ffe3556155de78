import {
  beginningOf,
  type EgressResponse,
  outageWaitMs,
  ProviderError,
  rateLimitOf,
  type RefusalRule,
  ruleFor,
} from '@integrations/provider-kit';

// The first match counts. The body may be JSON, plain text or HTML: it is only searched for patterns.
const RULES: readonly RefusalRule[] = [
  { status: 400, text: /inline/i, code: 'invalid_position', why: 'it accepts no comment at that place' },
  {
    status: 400,
    text: /(maximum of|at most) \/?[\d,]+ annotations/i,
    code: 'limit_reached',
    why: 'it accepts no more annotations',
  },
  { status: 400, text: /at most|too long|maximum/i, code: 'too_large', why: 'a text is too long' },
  { status: 401, code: 'unauthenticated', why: 'the credential is wrong, has expired, or is not valid for this' },
  { status: 403, code: 'permission_missing', why: 'the credential or the role of its account does not allow it' },
  { status: 404, code: 'not_found_or_no_access', why: 'it does not exist, or the credential may not see it' },
  { status: 408, code: 'timeout', why: 'it gave up waiting' },
  { status: 409, code: 'conflict', why: 'it conflicts with the current state' },
  { status: 410, text: /CHANGE-/, code: 'unsupported_operation', why: 'Atlassian has removed this call' },
  { status: 410, code: 'not_found_or_no_access', why: 'it is gone' },
  { status: 413, code: 'too_large', why: 'the request is too large' },
  // A status of Bitbucket's own, for when it gives up on a diff.
  { status: 555, code: 'too_large', why: 'the diff is too large' },
];

/** The meaning of Bitbucket's refusal of the request `what`. Quotes only the names of scopes from its body. */
export function errorFrom(response: EgressResponse, what: string, now: number): ProviderError {
  const { status: httpStatus } = response;
  const base = `Bitbucket answered ${httpStatus} to ${what}`;
  const text = beginningOf(response);
  // Without a Retry-After the default wait suffices: Bitbucket's hour is a sliding window, so calls become free again
  // soon.
  if (httpStatus === 429) return rateLimitOf(response, 'Bitbucket', what, now);
  const rule = ruleFor(RULES, httpStatus, text);
  // A redirect that the egress client could not follow.
  const isBroken = httpStatus >= 500 || httpStatus < 400;
  const code = rule?.code ?? (isBroken ? 'provider_unavailable' : 'invalid_request');
  const message = `${base}${rule ? `: ${rule.why}` : ''}${code === 'permission_missing' ? scopesIn(text) : ''}`;
  return new ProviderError(code, message, { httpStatus, retryAfterMs: outageWaitMs(response, now) });
}

/** The error for a successful status with an unusable body: a proxy's page, or a truncated answer. */
export function unreadable(what: string, cause?: unknown): ProviderError {
  return new ProviderError('provider_unavailable', `Bitbucket's answer to ${what} has an unexpected format`, { cause });
}

/** The scopes in `"detail": { "required": ["pullrequest"], … }`, all of which are needed. */
function scopesIn(text: string): string {
  const list = /"required"\s*:\s*\[([^\]]{1,200})\]/.exec(text)?.[1] ?? '';
  const scopes = list.match(/[a-z][a-z:_-]{1,60}/g);
  return scopes ? ` (needed: ${scopes.join(', ')})` : '';
}
