import type { CommitState, ScmStatusRequest, ScmStatusResponse, Truncation } from '@integrations/contracts';
import { type AnnotationContext, type ReportedStatus, truncateLine } from '@integrations/provider-kit';
import { type RepositoryName, webUrlOf } from './addresses';
import type { GiteaClient } from './client';
import { MAX_STATUS_TEXT } from './limits';
import { RepositoryClient, type Write } from './repository';

/** The fields we use of a commit status. */
interface Status {
  readonly id: number;
  readonly status: string;
  readonly context: string;
  readonly description?: string | null;
  readonly target_url?: string | null;
}

/** The body of a status. */
export interface StatusBody {
  readonly state: CommitState;
  readonly context: string;
  readonly description?: string;
  readonly target_url?: string;
}

export async function postStatus(
  client: GiteaClient,
  request: ScmStatusRequest,
  { signal }: AnnotationContext,
): Promise<ScmStatusResponse> {
  const repository = new RepositoryClient(client, request, signal);
  const { body, truncated } = statusOf(request);
  const { outcome, id, url } = await report(repository, { ...request, sha: request.commitSha }, body);
  const { state, context } = request;
  return { outcome, statusId: id, url, state, context, truncated };
}

export function statusOf(request: ScmStatusRequest) {
  return statusBody(request.state, request.context, request);
}

export function statusBody(
  state: CommitState,
  context: string,
  { description = '', targetUrl }: Pick<ScmStatusRequest, 'description' | 'targetUrl'>,
): { body: StatusBody; truncated: Truncation[] } {
  const cut = truncateLine(description, { field: 'description', max: MAX_STATUS_TEXT, unit: 'characters' });
  return {
    body: {
      ...{ state, context },
      ...(cut.text ? { description: cut.text } : {}),
      ...(targetUrl === undefined ? {} : { target_url: targetUrl }),
    },
    truncated: cut.truncation ? [cut.truncation] : [],
  };
}

export function statusCreation(sha: string, body: object): Write {
  return { method: 'POST', path: `/statuses/${sha}`, body };
}

/** Sets a status unless the newest of its context is equal: Gitea keeps every status that was ever set. */
export async function report(
  repository: RepositoryClient,
  commit: RepositoryName & { readonly sha: string },
  body: StatusBody,
): Promise<ReportedStatus> {
  const current = await currentStatus(repository, commit.sha, body.context);
  const url = body.target_url ?? `${webUrlOf(repository.client.instance, commit)}/commit/${commit.sha}`;
  if (current && isEqual(current, body)) return { outcome: 'unchanged', id: String(current.id), url };
  const { id } = await repository.write<Status>(statusCreation(commit.sha, body));
  return { outcome: current ? 'updated' : 'created', id: String(id), url };
}

/** The newest status of a context: Gitea lists one per context. */
async function currentStatus(repository: RepositoryClient, sha: string, context: string): Promise<Status | null> {
  for await (const status of repository.list<Status>(`/commits/${sha}/status`, {}, statusesIn)) {
    if (status.context === context) return status;
  }
  return null;
}

/** The list is `null` if there are no statuses. */
function statusesIn(data: object): unknown {
  return 'statuses' in data ? (data.statuses ?? []) : undefined;
}

function isEqual(status: Status, { state, description, target_url }: StatusBody): boolean {
  if (status.status !== state) return false;
  return (status.description || '') === (description ?? '') && (status.target_url || '') === (target_url ?? '');
}
