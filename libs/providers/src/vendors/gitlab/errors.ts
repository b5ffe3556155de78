import { beginningOf, type EgressResponse, ProviderError, type RefusalRule, ruleFor } from '@integrations/provider-kit';
import { waitMs } from './pacing';

/** Where GitLab does not say how long: its limits are by the minute. */
const LIMIT_MS = 60_000;

interface Rule extends RefusalRule {
  readonly transient?: true;
  readonly mark?: 'refusesPipeline' | 'lacksPermission' | 'hasMoved';
}

// In order; the first that fits. The body may be JSON, plain text or HTML: only patterns are looked for in it.
const RULES: readonly Rule[] = [
  {
    ...{ status: 400, code: 'invalid_position', why: 'the diff does not show the line' },
    text: /line_code|position|old_line|new_line/i,
  },
  {
    ...{ status: 400, code: 'invalid_request', why: 'a job of the pipeline has the name of the status' },
    text: /"name"\s*:\s*\["has already been taken/,
  },
  { status: 400, text: /too long|maximum is/i, code: 'too_large', why: 'a text is too long' },
  { status: 400, text: /maximum number of comments/i, code: 'limit_reached', why: 'it takes no more comments there' },
  { status: 401, text: /expired/i, code: 'unauthenticated', why: 'the token has expired' },
  { status: 401, text: /revoked/i, code: 'unauthenticated', why: 'the token is revoked' },
  { status: 401, code: 'unauthenticated', why: 'it refuses the token' },
  { status: 403, text: /archived/i, code: 'permission_missing', why: 'the project is archived, thus read-only' },
  { status: 403, text: /blocked/i, code: 'permission_missing', why: 'the account is blocked' },
  {
    ...{ status: 403, text: /"insufficient_granular_scope"/, code: 'permission_missing', mark: 'lacksPermission' },
    why: 'the token lacks a fine-grained permission',
  },
  { status: 403, code: 'permission_missing', why: 'the token or the role of its user does not allow it' },
  {
    ...{ status: 404, text: /Pipeline for pipeline_id/, code: 'not_found_or_no_access', mark: 'refusesPipeline' },
    why: 'the pipeline is archived, or not of that commit',
  },
  { status: 404, code: 'not_found_or_no_access', why: 'it does not exist, or the token may not see it' },
  // Of writes: reads of a moved project are redirected.
  {
    ...{ status: 405, text: /moved/i, code: 'not_found_or_no_access', mark: 'hasMoved' },
    why: 'the project has moved',
  },
  { status: 408, code: 'timeout', why: 'it gave up waiting' },
  {
    ...{ status: 409, code: 'conflict', why: 'another change is under way', transient: true },
    text: /in progress|lock/i,
  },
  { status: 409, code: 'conflict', why: 'it is in conflict with the present state' },
  { status: 410, code: 'not_found_or_no_access', why: 'it is gone' },
  { status: 413, code: 'too_large', why: 'the request is too large' },
  { status: 422, text: /jobs has exceeded|ci_pipeline_size/i, code: 'limit_reached', why: 'the pipeline is full' },
  { status: 422, text: /line_code|position/i, code: 'invalid_position', why: 'the diff does not show the line' },
  { status: 422, code: 'invalid_request', why: 'it refuses the content' },
  { status: 425, code: 'provider_unavailable', why: 'it is too early' },
];

/** The state machine of a commit status has no such way. https://docs.gitlab.com/api/commits/#set-commit-pipeline-status */
export type TransitionRefused = ProviderError & {
  /** The state that the status is in. */
  readonly refusedFrom: string;
};

/** GitLab finds the pipeline of a status, and takes none for it any more. */
export type PipelineRefused = ProviderError & { readonly refusesPipeline: true };

/** To a fine-grained token. */
export type PermissionLacked = ProviderError & { readonly lacksPermission: true };

/** Of a write: the project has another path by now. */
export type ProjectMoved = ProviderError & { readonly hasMoved: true };

/** A 404 that was not said by GitLab of what was asked for: a proxy refuses `%2F`, or has made a slash of it. */
export type PathRefused = ProviderError & { readonly refusesPath: true };

// Not by class: an error of any copy of ProviderError is an instance of each class made from it.
export function isTransitionRefused(error: unknown): error is TransitionRefused {
  return error instanceof ProviderError && 'refusedFrom' in error;
}

export function isPipelineRefused(error: unknown): error is PipelineRefused {
  return error instanceof ProviderError && 'refusesPipeline' in error;
}

export function isPermissionLacked(error: unknown): error is PermissionLacked {
  return error instanceof ProviderError && 'lacksPermission' in error;
}

export function isProjectMoved(error: unknown): error is ProjectMoved {
  return error instanceof ProviderError && 'hasMoved' in error;
}

export function isPathRefused(error: unknown): error is PathRefused {
  return error instanceof ProviderError && 'refusesPath' in error;
}

/** What a refusal of GitLab means; `what` was asked. Quotes nothing of its body but the names of scopes and permissions. */
export function errorFrom(response: EgressResponse, what: string, now: number): ProviderError {
  const { status: httpStatus } = response;
  const base = `GitLab answered ${httpStatus} to ${what}`;
  const text = beginningOf(response);
  if (httpStatus === 429) {
    const retryAfterMs = waitMs(response.headers, now) ?? LIMIT_MS;
    return new ProviderError('rate_limited', `${base}: rate limit`, { httpStatus, retryAfterMs });
  }
  const from = /Cannot transition status via :\w+ from :(\w+)/.exec(text)?.[1];
  if (httpStatus === 400 && from) {
    const error = new ProviderError('conflict', `${base}: the status is ${from} and cannot become that`, {
      httpStatus,
    });
    return Object.assign(error, { refusedFrom: from });
  }
  if (isAboutPath(httpStatus, what, text)) {
    const why = `${base}: no project is found by its path`;
    return Object.assign(new ProviderError('not_found_or_no_access', why, { httpStatus }), { refusesPath: true });
  }
  if (isAboutBranch(httpStatus, what, text)) {
    const why = `${base}: it takes a Developer, and on a protected branch one who may push or merge to it`;
    return new ProviderError('permission_missing', why, { httpStatus });
  }
  const rule = ruleFor(RULES, httpStatus, text);
  const code = rule?.code ?? (httpStatus >= 500 ? 'provider_unavailable' : 'invalid_request');
  const message = `${base}${rule ? `: ${rule.why}` : ''}${code === 'permission_missing' ? neededIn(text) : ''}`;
  const retryAfterMs = httpStatus >= 500 && response.headers['retry-after'] ? waitMs(response.headers, now) : undefined;
  const error = new ProviderError(code, message, {
    httpStatus,
    ...(rule?.transient ? { transient: true } : {}),
    ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
  });
  return rule?.mark ? Object.assign(error, { [rule.mark]: true }) : error;
}

/** A reply that is no use although its status is fine: a proxy's page, a body cut short. */
export function unreadable(what: string, cause?: unknown): ProviderError {
  return new ProviderError('provider_unavailable', `GitLab's answer to ${what} is not what it should be`, { cause });
}

/** `{"message":"404 Project Not Found"}` is GitLab's word; `{"error":"404 Not Found"}` it says of a path that it has not. */
function isAboutPath(status: number, what: string, text: string): boolean {
  if (!what.includes('%2F')) return false;
  if (status === 404) return !/"message"\s*:/.test(text);
  return status === 400 && !/"(message|error)"\s*:/.test(text);
}

/** Of a status it says no more, whichever of both it is. https://gitlab.com/gitlab-org/gitlab/-/issues/213626 */
function isAboutBranch(status: number, what: string, text: string): boolean {
  return status === 403 && /^POST \S+\/statuses\//.test(what) && /"403 Forbidden"/.test(text);
}

/** The scopes of which any would do, or the permissions that are missing, where it says so. */
function neededIn(text: string): string {
  // {"error":"insufficient_granular_scope", … "lacks the required permissions: [Work Item: Create] for "acme/shop"."
  const permissions = /"insufficient_granular_scope".*permissions: \[([\w:, ]{1,200})\]/s.exec(text)?.[1];
  if (permissions) return ` (needed: ${permissions})`;
  // {"error":"insufficient_scope","scope":"api read_api"}
  const scopes = /"insufficient_scope".*"scope"\s*:\s*"([a-z_ ]{1,100})"/s.exec(text)?.[1];
  return scopes ? ` (needed: ${scopes.trim().replaceAll(' ', ' or ')})` : '';
}
