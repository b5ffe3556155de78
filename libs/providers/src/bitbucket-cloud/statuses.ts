import type {
  CommitState,
  ScmStatusRequest,
  ScmStatusResponse,
  Truncation,
  WriteOutcome,
} from '@integrations/contracts';
import { type AnnotationContext, truncateLine } from '@integrations/provider-kit';
import { type RepositoryName, webUrlOf } from './addresses';
import type { BitbucketClient } from './client';
import { keyOf } from './keys';
import { MAX_STATUS_TEXT } from './limits';
import { RepositoryClient, type Write } from './repository';

export type BuildState = 'INPROGRESS' | 'SUCCESSFUL' | 'FAILED' | 'STOPPED';

const STATES: Readonly<Record<CommitState, BuildState>> = {
  pending: 'INPROGRESS',
  success: 'SUCCESSFUL',
  failure: 'FAILED',
  error: 'FAILED',
};

/** The body of a build status, and the fields we use of an existing one. */
export interface BuildStatus {
  readonly key: string;
  readonly state: BuildState;
  readonly name: string;
  readonly url: string;
  readonly description?: string;
}

/** The content of a status, and its commit. */
export interface StatusContent {
  readonly sha: string;
  readonly state: BuildState;
  readonly name: string;
  readonly description?: string | undefined;
  readonly targetUrl?: string | undefined;
}

export async function postStatus(
  client: BitbucketClient,
  request: ScmStatusRequest,
  { signal }: AnnotationContext,
): Promise<ScmStatusResponse> {
  const repository = new RepositoryClient(client, request, signal);
  const { status, truncated } = statusOf(client, request);
  const outcome = await report(repository, request.commitSha, status);
  const { state, context } = request;
  return { outcome, statusId: status.key, url: status.url, state, context, truncated };
}

export function statusOf(client: BitbucketClient, request: ScmStatusRequest) {
  const { commitSha: sha, state, context: name, description, targetUrl } = request;
  return buildStatus(client, request, { sha, state: STATES[state], name, description, targetUrl });
}

/** Without a usable link, the status links to the commit: Bitbucket requires a link. */
export function buildStatus(
  { web }: BitbucketClient,
  repository: RepositoryName,
  { sha, state, name, description = '', targetUrl }: StatusContent,
): { status: BuildStatus; truncated: Truncation[] } {
  const cut = truncateLine(description, { field: 'description', max: MAX_STATUS_TEXT, unit: 'characters' });
  const isAccepted = targetUrl === undefined || isTakenAsLink(targetUrl);
  const left = { field: 'targetUrl', was: targetUrl?.length ?? 0, now: 0, unit: 'characters' } as const;
  return {
    status: {
      ...{ key: keyOf('status', name), state, name },
      url:
        targetUrl !== undefined && isAccepted
          ? withoutVariables(targetUrl)
          : `${webUrlOf(web, repository)}/commits/${sha}`,
      ...(cut.text ? { description: cut.text } : {}),
    },
    truncated: [...(cut.truncation ? [cut.truncation] : []), ...(isAccepted ? [] : [left])],
  };
}

/**
 * Bitbucket replaces variables in braces where it shows the link.
 * https://developer.atlassian.com/cloud/bitbucket/rest/api-group-commit-statuses/
 */
function withoutVariables(url: string): string {
  return url.replaceAll('{', '%7B').replaceAll('}', '%7D');
}

/**
 * Bitbucket rejects links to hosts with a one-word name, as in private networks, with `Enter a valid URL.`, in statuses
 * as well as in reports. https://github.com/nishio-dens/bitbucket-pullrequest-builder-plugin/issues/174,
 * https://github.com/mc1arke/sonarqube-community-branch-plugin/pull/210
 */
export function isTakenAsLink(url: string): boolean {
  return new URL(url).hostname.includes('.');
}

/** Sets a build status unless the one with the same key is equal. */
export async function report(repository: RepositoryClient, sha: string, status: BuildStatus): Promise<WriteOutcome> {
  const current = await repository.find<BuildStatus>(`${statusesPath(sha)}/${status.key}`);
  if (current && isEqual(current, status)) return 'unchanged';
  await repository.write(statusWrite(sha, status));
  return current ? 'updated' : 'created';
}

/** Replaces a status with the same key. */
export function statusWrite(sha: string, status: BuildStatus): Write {
  return { method: 'POST', path: statusesPath(sha), body: status };
}

function statusesPath(sha: string): string {
  return `/commit/${sha}/statuses/build`;
}

function isEqual(current: BuildStatus, { state, name, url, description }: BuildStatus): boolean {
  const isSameText = (current.description || '') === (description ?? '');
  return current.state === state && current.name === name && current.url === url && isSameText;
}
