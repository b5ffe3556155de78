import type { ScmStatusRequest, ScmStatusResponse, Truncation, WriteOutcome } from '@integrations/contracts';
import { type AnnotationContext, truncateLine } from '@integrations/provider-kit';
import type { GitHubClient } from '../vendors/github/client';
import { MAX_STATUS_DESCRIPTION } from './limits';
import { RepositoryClient, type Stored } from '../vendors/github/repository';

/** The fields we use of a commit status. */
interface Status extends Stored {
  readonly url: string;
  readonly state: string;
  readonly context: string;
  readonly description: string | null;
  readonly target_url: string | null;
}

/** What GitHub refuses in a description, unlike in comments: characters of four bytes, such as most emoji. */
const FOUR_BYTES = /[\u{10000}-\u{10ffff}][\u{200d}\u{fe0f}]*/gu;

/** Sets a commit status unless the current one is equal: GitHub keeps at most 1,000 per commit and context. */
export async function postStatus(
  client: GitHubClient,
  request: ScmStatusRequest,
  context: AnnotationContext,
): Promise<ScmStatusResponse> {
  const { owner, repository, commitSha } = request;
  const github = new RepositoryClient(client, { owner, repository, permission: 'statuses' }, context.signal);
  const { wanted, truncated } = statusOf(request);
  const current = await currentStatus(github, commitSha, request.context);
  if (current && isEqual(current, wanted)) return responseOf('unchanged', current, request, truncated);
  const posted = await github.post<Status>(statusesPath(request), wanted);
  return responseOf(current ? 'updated' : 'created', posted, request, truncated);
}

export function statusesPath({ commitSha }: ScmStatusRequest): string {
  return `/statuses/${commitSha}`;
}

/** The body of a status. */
export function statusOf({ state, context, description, targetUrl }: ScmStatusRequest) {
  const { text, truncation } = truncateLine((description ?? '').replace(FOUR_BYTES, ''), {
    field: 'description',
    max: MAX_STATUS_DESCRIPTION,
    unit: 'characters',
  });
  const wanted = { state, context, description: text || null, target_url: targetUrl ?? null };
  return { wanted, truncated: truncation ? [truncation] : [] };
}

/** Reads the combined status, which lists only the newest status of each context. */
async function currentStatus(github: RepositoryClient, sha: string, context: string): Promise<Status | undefined> {
  for await (const status of github.list<Status>(`/commits/${sha}/status`, {}, 'statuses')) {
    // GitHub ignores case in contexts.
    if (status.context.toLowerCase() === context.toLowerCase()) return status;
  }
  return undefined;
}

function isEqual(status: Status, wanted: Pick<Status, 'state' | 'description' | 'target_url'>): boolean {
  return (
    status.state === wanted.state &&
    (status.description || null) === wanted.description &&
    (status.target_url || null) === wanted.target_url
  );
}

function responseOf(
  outcome: WriteOutcome,
  status: Status,
  { state, context }: ScmStatusRequest,
  truncated: readonly Truncation[],
): ScmStatusResponse {
  return { outcome, statusId: String(status.id), url: status.url, state, context, truncated };
}
