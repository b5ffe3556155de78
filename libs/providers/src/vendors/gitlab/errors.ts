import { beginningOf, type EgressResponse, ProviderError, type RefusalRule, ruleFor } from '@integrations/provider-kit';
import { waitMs } from './pacing';

/** The wait if GitLab does not name one: its limits are per minute. */
const LIMIT_MS = 60_000;

interface Rule extends RefusalRule {
  readonly transient?: true;
  readonly mark?: 'refusesPipeline' | 'lacksPermission' | 'hasMoved';
}

// The first match counts. The body may be JSON, plain text or HTML: it is only searched for patterns.
const RULES: readonly Rule[] = [
  {
    ...{ status: 400, code: 'invalid_position', why: 'the diff does not show the line' },
    text: /line_code|position|old_line|new_line/i,
  },
  {
    ...{ status: 400, code: 'invalid_request', why: 'a job of the pipeline already has the name of the status' },
    text: /"name"\s*:\s*\["has already been taken/,
  },
  { status: 400, text: /too long|maximum is/i, code: 'too_large', why: 'a text is too long' },
  { status: 400, text: /maximum number of comments/i, code: 'limit_reached', why: 'it accepts no more comments there' },
  // https://gitlab.com/gitlab-org/gitlab/-/blob/master/lib/api/api_guard.rb
  {
    ...{ status: 401, text: /expired/i, code: 'unauthenticated', why: 'the token has expired' },
    probeCode: 'credential_expired',
  },
  { status: 401, text: /revoked/i, code: 'unauthenticated', why: 'the token is revoked' },
  { status: 401, code: 'unauthenticated', why: 'it refuses the token' },
  // Maintenance mode (newer versions answer 503), and secondary sites. The text is that of all such refusals.
  {
    ...{ status: 403, text: /operations on a read-only instance/i, code: 'provider_unavailable' },
    why: 'it is in maintenance, or a secondary site, and accepts no writes',
  },
  // GitLab.com is behind a network that may ask any address to prove that it is a browser, for a while.
  {
    ...{ status: 403, text: /<title>\s*(Checking your browser|Just a moment)/i, code: 'provider_unavailable' },
    why: 'a protection against bots in front of it asks for a browser',
  },
  {
    status: 403,
    text: /archived/i,
    code: 'permission_missing',
    why: 'the project is archived and therefore read-only',
  },
  // https://gitlab.com/gitlab-org/gitlab/-/blob/master/lib/gitlab/auth/user_access_denied_reason.rb
  {
    ...{ status: 403, code: 'permission_missing', why: 'the account may not use the API until its state is changed' },
    text: /your account (has been|is pending)|email address is not confirmed|password expired|accept the Terms/i,
    probeCode: 'credential_disabled',
  },
  {
    ...{ status: 403, text: /"insufficient_granular_scope"/, code: 'permission_missing', mark: 'lacksPermission' },
    why: 'the token lacks a fine-grained permission',
  },
  { status: 403, code: 'permission_missing', why: 'the token or the role of its user does not allow it' },
  {
    ...{ status: 404, text: /Pipeline for pipeline_id/, code: 'not_found_or_no_access', mark: 'refusesPipeline' },
    why: 'the pipeline is archived, or belongs to another commit',
  },
  { status: 404, code: 'not_found_or_no_access', why: 'it does not exist, or the token may not see it' },
  // Writes only: GitLab redirects reads of a moved project.
  {
    ...{ status: 405, text: /moved/i, code: 'not_found_or_no_access', mark: 'hasMoved' },
    why: 'the project has moved',
  },
  { status: 408, code: 'timeout', why: 'it gave up waiting' },
  {
    ...{ status: 409, code: 'conflict', why: 'another change is in progress', transient: true },
    text: /in progress|lock/i,
  },
  { status: 409, code: 'conflict', why: 'it conflicts with the current state' },
  { status: 410, code: 'not_found_or_no_access', why: 'it is gone' },
  { status: 413, code: 'too_large', why: 'the request is too large' },
  { status: 422, text: /jobs has exceeded|ci_pipeline_size/i, code: 'limit_reached', why: 'the pipeline is full' },
  { status: 422, text: /line_code|position/i, code: 'invalid_position', why: 'the diff does not show the line' },
  { status: 422, code: 'invalid_request', why: 'it refuses the content' },
  { status: 425, code: 'provider_unavailable', why: 'it is too early' },
];

/**
 * GitLab does not allow this change of a commit status. https://docs.gitlab.com/api/commits/#set-commit-pipeline-status
 */
export type TransitionRefused = ProviderError & {
  /** The current state of the status. */
  readonly refusedFrom: string;
};

/** The pipeline accepts no more statuses, or belongs to another commit. */
export type PipelineRefused = ProviderError & { readonly refusesPipeline: true };

/** A fine-grained token lacks a permission. */
export type PermissionLacked = ProviderError & { readonly lacksPermission: true };

/** A write failed because the project has another path now. */
export type ProjectMoved = ProviderError & { readonly hasMoved: true };

/** A 404 or 400 that is not about the requested resource: a proxy rejects `%2F`, or has decoded it to a slash. */
export type PathRefused = ProviderError & { readonly refusesPath: true };

// Flags instead of subclasses: every ProviderError would be an instance of each subclass, by its `Symbol.hasInstance`.
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

/**
 * The meaning of GitLab's refusal of the request `what`. Quotes only the names of scopes and permissions from its body.
 */
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
    const error = new ProviderError(
      'conflict',
      `${base}: the status is ${from}, and GitLab does not allow that change`,
      {
        httpStatus,
      },
    );
    return Object.assign(error, { refusedFrom: from });
  }
  if (isAboutPath(httpStatus, what, text)) {
    const why = `${base}: no project is found by its path`;
    return Object.assign(new ProviderError('not_found_or_no_access', why, { httpStatus }), { refusesPath: true });
  }
  const bare = httpStatus === 403 && /"403 Forbidden"/.test(text) ? bareRefusal(what) : undefined;
  if (bare) return new ProviderError('permission_missing', `${base}: ${bare}`, { httpStatus });
  const rule = ruleFor(RULES, httpStatus, text);
  const code = rule?.code ?? (httpStatus >= 500 ? 'provider_unavailable' : 'invalid_request');
  const message = `${base}${rule ? `: ${rule.why}` : ''}${code === 'permission_missing' ? neededIn(text) : ''}`;
  const retryAfterMs = httpStatus >= 500 && response.headers['retry-after'] ? waitMs(response.headers, now) : undefined;
  const error = new ProviderError(code, message, {
    ...{ httpStatus, probeCode: rule?.probeCode },
    ...(rule?.transient ? { transient: true } : {}),
    ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
  });
  return rule?.mark ? Object.assign(error, { [rule.mark]: true }) : error;
}

/** The error for a successful status with an unusable body: a proxy's page, or a truncated answer. */
export function unreadable(what: string, cause?: unknown): ProviderError {
  return new ProviderError('provider_unavailable', `GitLab's answer to ${what} has an unexpected format`, { cause });
}

/** An unknown project is `{"message":"404 Project Not Found"}`, an unknown route `{"error":"404 Not Found"}`. */
function isAboutPath(status: number, what: string, text: string): boolean {
  if (!what.includes('%2F')) return false;
  if (status === 404) return !/"message"\s*:/.test(text);
  return status === 400 && !/"(message|error)"\s*:/.test(text);
}

/** What may be wrong if GitLab says no more than "403 Forbidden". */
function bareRefusal(what: string): string | undefined {
  // https://gitlab.com/gitlab-org/gitlab/-/issues/213626
  if (/^POST \S+\/statuses\//.test(what)) {
    return 'it requires the role Developer, and on a protected branch the right to push or merge';
  }
  if (/^GET \S+\/pipelines$/.test(what)) {
    return 'the token or the role of its user does not allow it, or CI/CD is disabled in the project';
  }
  return undefined;
}

/** The sufficient scopes, any one of them, or the missing permissions, if GitLab names them. */
function neededIn(text: string): string {
  // {"error":"insufficient_granular_scope", … "lacks the required permissions: [Work Item: Create] for "acme/shop"."
  const permissions = /"insufficient_granular_scope".*permissions: \[([\w:, ]{1,200})\]/s.exec(text)?.[1];
  if (permissions) return ` (needed: ${permissions})`;
  // {"error":"insufficient_scope","scope":"api read_api"}
  const scopes = /"insufficient_scope".*"scope"\s*:\s*"([a-z_ ]{1,100})"/s.exec(text)?.[1];
  return scopes ? ` (needed: ${scopes.trim().replaceAll(' ', ' or ')})` : '';
}
