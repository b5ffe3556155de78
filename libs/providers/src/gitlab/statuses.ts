import type { ScmStatusRequest, ScmStatusResponse, Truncation } from '@integrations/contracts';
import { type AnnotationContext, type ReportedStatus, truncateLine } from '@integrations/provider-kit';
import { type ProjectName, webUrlOf } from '../vendors/gitlab/addresses';
import type { GitLabClient } from '../vendors/gitlab/client';
import { isTransitionRefused } from '../vendors/gitlab/errors';
import { MAX_STATUS_TEXT } from './limits';
import { ProjectClient, type Write } from './project';
import { isUnfinished, type JobState, STATE_OF_STATUS } from './states';
import { type StatusPlace, statusPlace } from './status-place';

/** The fields we use of a commit status. */
interface Status {
  readonly id: number;
  readonly status: string;
  readonly name: string;
  readonly description: string | null;
  readonly target_url: string | null;
  readonly pipeline_id?: number;
}

/** The body of a status, without the pipeline or branch that it goes to. */
export interface StatusBody {
  readonly state: JobState;
  readonly name: string;
  readonly description?: string;
  readonly target_url?: string;
}

export async function postStatus(
  client: GitLabClient,
  request: ScmStatusRequest,
  { signal }: AnnotationContext,
): Promise<ScmStatusResponse> {
  client.refuseJobToken('set a commit status');
  const project = new ProjectClient(client, request, signal);
  const { body, truncated } = statusOf(request);
  const { outcome, id, url } = await report(project, { ...request, sha: request.commitSha }, body);
  const { state, context } = request;
  return { outcome, statusId: id, url, state, context, truncated };
}

export function statusOf(request: ScmStatusRequest) {
  return statusBody(STATE_OF_STATUS[request.state], request.context, request);
}

export function statusBody(
  state: JobState,
  name: string,
  { description = '', targetUrl }: Pick<ScmStatusRequest, 'description' | 'targetUrl'>,
): { body: StatusBody; truncated: Truncation[] } {
  const cut = truncateLine(description, { field: 'description', max: MAX_STATUS_TEXT, unit: 'characters' });
  const fits = targetUrl === undefined || targetUrl.length <= MAX_STATUS_TEXT;
  // A truncated link would be useless.
  const left = { field: 'targetUrl', was: targetUrl?.length ?? 0, now: 0, unit: 'characters' } as const;
  return {
    body: {
      ...{ state, name },
      ...(cut.text ? { description: cut.text } : {}),
      ...(targetUrl !== undefined && fits ? { target_url: targetUrl } : {}),
    },
    truncated: [...(cut.truncation ? [cut.truncation] : []), ...(fits ? [] : [left])],
  };
}

export function statusCreation(sha: string, body: object): Write {
  return { method: 'POST', path: `/statuses/${sha}`, body };
}

/**
 * Sets a status unless the current one is equal. GitLab does not change the description of an unfinished status, and
 * does not move a running one back to pending: that one is cancelled, and a new pending one is set.
 */
export async function report(
  project: ProjectClient,
  commit: ProjectName & { readonly sha: string },
  body: StatusBody,
): Promise<ReportedStatus> {
  const place = await statusPlace(project, commit.sha);
  const url = body.target_url ?? `${webUrlOf(project.client.instance, commit)}/-/commit/${commit.sha}`;
  return reportAt(place, body, url);
}

function reportAt(place: StatusPlace, body: StatusBody, url: string): Promise<ReportedStatus> {
  return reportIn(place, body, url).catch((error: unknown) => {
    if (!place.otherwise?.isDue(error)) throw error;
    return reportAt(place.otherwise.place, body, url);
  });
}

async function reportIn(place: StatusPlace, body: StatusBody, url: string): Promise<ReportedStatus> {
  const { sha } = place;
  const current = await currentStatus(place.project, sha, body.name, place.at);
  if (current && isEqual(current, body)) return { outcome: 'unchanged', id: String(current.id), url };
  const set = (state: JobState) => place.project.write<Status>(statusCreation(sha, { ...body, state, ...place.at }));
  try {
    const { id } = await set(body.state);
    return { outcome: current ? 'updated' : 'created', id: String(id), url };
  } catch (error) {
    if (!isTransitionRefused(error)) throw error;
    // GitLab does not change the texts of an unfinished status.
    if (error.refusedFrom === body.state) return { outcome: 'unchanged', id: String(current?.id ?? ''), url };
    if (!isUnfinished(error.refusedFrom)) throw error;
    await set('canceled');
    const { id } = await set(body.state);
    return { outcome: 'updated', id: String(id), url };
  }
}

/** The newest status of a name in the pipeline, or on the commit if the pipeline does not exist yet. */
async function currentStatus(
  project: ProjectClient,
  sha: string,
  name: string,
  at: { readonly pipeline_id?: number },
): Promise<Status | undefined> {
  let newest: Status | undefined;
  for await (const status of project.list<Status>('statuses', ({ commits }, id, page) =>
    commits.allStatuses(id, sha, { name, ...page }),
  )) {
    const isThere = at.pipeline_id === undefined || (status.pipeline_id ?? at.pipeline_id) === at.pipeline_id;
    if (isThere && status.name === name && status.id > (newest?.id ?? 0)) newest = status;
  }
  return newest;
}

function isEqual(status: Status, { state, description, target_url }: StatusBody): boolean {
  if (status.status !== state) return false;
  return (status.description || '') === (description ?? '') && (status.target_url || '') === (target_url ?? '');
}
