import {
  beginningOf,
  type EgressResponse,
  outageWaitMs,
  percentDecoded,
  ProviderError,
  rateLimitOf,
  type RefusalRule,
  ruleFor,
} from '@integrations/provider-kit';

/** TF400813 names a caller who is not signed in as the user `aaaaaaaa-…`, or not at all. */
const UNKNOWN_ACCOUNT = /TF400813[^"]*(user '(a{8}-a{4}-a{4}-a{4}-a{12})?'|anonymous)/i;

// The first match counts. The patterns are applied to the body, JSON or HTML, and to the header `x-tfs-serviceerror`.
const RULES: readonly RefusalRule[] = [
  { status: 203, code: 'unauthenticated', why: 'it asks us to sign in' },
  { status: 302, code: 'unauthenticated', why: 'it asks us to sign in' },
  { status: 400, text: /longer than|too long/i, code: 'too_large', why: 'a text is too long' },
  {
    status: 400,
    text: /MaxDiscussionThreadCount|MaxCommentCount/,
    code: 'limit_reached',
    why: 'it accepts no more comments there',
  },
  // `Access Denied: The Personal Access Token used has expired.`
  {
    ...{ status: 401, text: /has expired/i, code: 'unauthenticated', why: 'the token has expired' },
    probeCode: 'credential_expired',
  },
  { status: 401, text: UNKNOWN_ACCOUNT, code: 'unauthenticated', why: 'it treats the credential as anonymous' },
  {
    ...{ status: 401, text: /TF400813/, code: 'permission_missing' },
    why: "the scopes of the token or the account's access do not allow it",
  },
  { status: 401, code: 'unauthenticated', why: 'it refuses the credential, or its scopes do not allow it' },
  {
    ...{ status: 403, text: /has expired/i, code: 'unauthenticated', why: 'the token has expired' },
    probeCode: 'credential_expired',
  },
  { status: 403, text: UNKNOWN_ACCOUNT, code: 'unauthenticated', why: 'it treats the credential as anonymous' },
  { status: 403, text: /disabled/i, code: 'permission_missing', why: 'the repository is disabled' },
  {
    status: 403,
    text: /StatusRejectedByPolicy/,
    code: 'permission_missing',
    why: 'a policy of the branch does not accept the status from this account',
  },
  {
    status: 403,
    text: /VS403463/,
    code: 'permission_missing',
    why: 'a conditional access policy does not let us in, perhaps because of our address',
  },
  { status: 403, code: 'permission_missing', why: 'the token or the permissions of the account do not allow it' },
  { status: 404, code: 'not_found_or_no_access', why: 'it does not exist, or the account may not see it' },
  { status: 408, code: 'timeout', why: 'it gave up waiting' },
  { status: 409, text: /due to its state/, code: 'closed', why: 'the pull request is no longer open' },
  { status: 409, code: 'conflict', why: 'it conflicts with the current state' },
  { status: 410, code: 'not_found_or_no_access', why: 'it is gone' },
  { status: 413, code: 'too_large', why: 'the request is too large' },
];

/** The meaning of Azure DevOps' refusal of the request `what`. Quotes only the names of a permission or a version. */
export function errorFrom(response: EgressResponse, what: string, now: number): ProviderError {
  const { status: httpStatus, headers } = response;
  const base = `Azure DevOps answered ${httpStatus} to ${what}`;
  const text = `${percentDecoded(headers['x-tfs-serviceerror'] ?? '')} ${beginningOf(response)}`;
  const isLimit = httpStatus === 429 || (httpStatus === 503 && text.includes('TF400733'));
  if (isLimit) return rateLimitOf(response, 'Azure DevOps', what, now);
  const rule = ruleFor(RULES, httpStatus, text);
  const code = rule?.code ?? (httpStatus >= 500 ? 'provider_unavailable' : 'invalid_request');
  const why = versionIn(text) ?? rule?.why;
  return new ProviderError(
    code,
    `${base}${why ? `: ${why}` : ''}${code === 'permission_missing' ? permissionIn(text) : ''}`,
    { httpStatus, probeCode: rule?.probeCode, retryAfterMs: outageWaitMs(response, now) },
  );
}

/** The error for a successful status with an unusable body: a proxy's page, or a truncated answer. */
export function unreadable(what: string, cause?: unknown): ProviderError {
  return new ProviderError('provider_unavailable', `Azure DevOps' answer to ${what} has an unexpected format`, {
    cause,
  });
}

/** Azure DevOps answered a call that needs authentication with a redirect to its sign-in page, or with that page. */
export function asksToSignIn(what: string, cause?: unknown): ProviderError {
  const message = `Azure DevOps answered ${what} with its sign-in page: it refuses the credential`;
  return new ProviderError('unauthenticated', message, { cause });
}

/** `TF401027: You need the Git 'PullRequestContribute' permission to perform this action.` */
function permissionIn(text: string): string {
  const name = /need the Git '(\w{1,40})' permission/.exec(text)?.[1];
  return name ? ` (needed: ${name})` : '';
}

function versionIn(text: string): string | undefined {
  const version = /latest REST API version this server supports is (\d\.\d)/.exec(text)?.[1];
  return version && `the server supports at most version ${version} of its API; set apiVersion to that`;
}
