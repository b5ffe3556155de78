import type { ScmStatusRequest, ScmStatusResponse, Truncation, WriteOutcome } from '@integrations/contracts';
import { type AnnotationContext, overallOutcome, type ReportedStatus, truncateLine } from '@integrations/provider-kit';
import { webUrlOf } from '../vendors/azure-devops/addresses';
import type { AzureDevOpsClient } from '../vendors/azure-devops/client';
import { MAX_STATUS_TEXT } from './limits';
import { iterationOf, pullRequestPath, pullRequestsOf } from './pull-requests';
import { RepositoryClient, type Write } from './repository';
import { STATE_OF_STATUS, type StatusState } from './states';

/** Identifies us as the source: branch policies refer to a status by its genre and name. */
const GENRE = 'integrations';

/** The body of a status. */
export interface StatusBody {
  readonly state: StatusState;
  readonly description?: string;
  readonly targetUrl?: string;
  readonly context: { readonly name: string; readonly genre: string };
}

/** The fields we use of a status on a commit or a pull request. */
interface Status {
  readonly id: number;
  readonly state: string;
  readonly description?: string | null;
  readonly targetUrl?: string | null;
  readonly context?: { readonly name?: string; readonly genre?: string | null };
  readonly iterationId?: number;
}

interface Reported extends ReportedStatus {
  /** The open pull requests whose head is the commit. */
  readonly pullRequests: readonly number[];
}

export async function postStatus(
  client: AzureDevOpsClient,
  request: ScmStatusRequest,
  { signal }: AnnotationContext,
): Promise<ScmStatusResponse> {
  const { body, truncated } = statusOf(request);
  const repository = new RepositoryClient(client, request, signal);
  const { outcome, id, url } = await report(repository, request.commitSha, body);
  const { state, context } = request;
  return { outcome, statusId: id, url, state, context, truncated };
}

export function statusOf(request: ScmStatusRequest) {
  return statusBody(STATE_OF_STATUS[request.state], request.context, request);
}

export function statusBody(
  state: StatusState,
  name: string,
  { description = '', targetUrl }: Pick<ScmStatusRequest, 'description' | 'targetUrl'>,
): { body: StatusBody; truncated: Truncation[] } {
  const cut = truncateLine(description, { field: 'description', max: MAX_STATUS_TEXT, unit: 'characters' });
  return {
    body: {
      state,
      ...(cut.text ? { description: cut.text } : {}),
      ...(targetUrl === undefined ? {} : { targetUrl }),
      context: { name, genre: GENRE },
    },
    truncated: cut.truncation ? [cut.truncation] : [],
  };
}

export function commitStatusCreation(sha: string, body: StatusBody): Write {
  return { method: 'POST', path: `/commits/${sha}/statuses`, body };
}

/**
 * Sets the status on an iteration, for policies that reset statuses with each push. Without an iteration, for pull
 * requests that have none.
 */
export function pullStatusCreation(pullRequest: number | string, iterationId: unknown, body: StatusBody): Write {
  return { method: 'POST', path: `${pullRequestPath(pullRequest)}/statuses`, body: { iterationId, ...body } };
}

/** Sets a status on a commit and, for branch policies, on the open pull requests whose head it is; skips equal ones. */
export async function report(repository: RepositoryClient, sha: string, body: StatusBody): Promise<Reported> {
  const path = `/commits/${sha}/statuses`;
  const onCommit: Status[] = [];
  for await (const one of repository.list<Status>(path, '', { latestOnly: 'true' })) onCommit.push(one);
  const { outcome, id } = await set(repository, newestOf(onCommit, body), commitStatusCreation(sha, body), body);
  const outcomes = [outcome];
  const pullRequests: number[] = [];
  for (const { number: pullRequest, hasIterations } of await pullRequestsOf(repository, sha)) {
    const iteration = hasIterations ? await iterationOf(repository, pullRequest, sha) : undefined;
    // The pull request just got another head.
    if (iteration === null) continue;
    const statuses = await repository.all<Status>(`${pullRequestPath(pullRequest)}/statuses`);
    const current = newestOf(statuses, body, iteration);
    outcomes.push((await set(repository, current, pullStatusCreation(pullRequest, iteration, body), body)).outcome);
    pullRequests.push(pullRequest);
  }
  const url = body.targetUrl ?? `${webUrlOf(repository.client.organization, repository.name)}/commit/${sha}`;
  return { outcome: overallOutcome(outcomes), id: String(id), url, pullRequests };
}

async function set(
  repository: RepositoryClient,
  current: Status | undefined,
  creation: Write,
  body: StatusBody,
): Promise<{ readonly outcome: WriteOutcome; readonly id: number }> {
  if (current && isEqual(current, body)) return { outcome: 'unchanged', id: current.id };
  const { id } = await repository.write<Status>(creation);
  return { outcome: current ? 'updated' : 'created', id };
}

/** The newest status is the current one: every write creates a new status. */
function newestOf(statuses: readonly Status[], { context }: StatusBody, iteration?: number): Status | undefined {
  return statuses
    .filter((one) => one.context?.name === context.name && one.context.genre === context.genre)
    .filter(({ iterationId }) => iterationId === iteration)
    .reduce<Status | undefined>((newest, one) => (newest && newest.id > one.id ? newest : one), undefined);
}

function isEqual(status: Status, { state, description, targetUrl }: StatusBody): boolean {
  if (status.state !== state) return false;
  return (status.description || '') === (description ?? '') && (status.targetUrl || '') === (targetUrl ?? '');
}
