import type { OutdatedPolicy } from '@integrations/contracts';
import {
  type AnnotationContext,
  hasStatus,
  type InlineCommentsRequest,
  type InlineCommentsResponse,
  type InlineOutcome,
  keepRemarks,
  NOT_SHOWN_WHEN_POSTED,
  nullIf,
  placedRemark,
  type Remark,
  type RemarkSet,
  remarkSet,
  sameText,
} from '@integrations/provider-kit';
import type { GitLabClient } from '../vendors/gitlab/client';
import { MAX_REMARKS_AT_FILES } from './limits';
import { remarkBody } from './marked-body';
import { noteUrl } from './notes';
import { type Discussion, isSettled, readOwnDiscussions } from './own-discussions';
import { placeRemarks, type Target } from './place-remarks';
import { ProjectClient } from './project';

export async function postInlineComments(
  client: GitLabClient,
  request: InlineCommentsRequest,
  { upsertKey, signal }: AnnotationContext,
): Promise<InlineCommentsResponse> {
  client.refuseJobToken('comment');
  const project = new ProjectClient(client, request, signal);
  return bringRemarksUpToDate(project, request, remarkSet('inline', upsertKey, request.comments), request.outdated);
}

/** Keeps each remark as a discussion. */
export function bringRemarksUpToDate(
  project: ProjectClient,
  target: Target,
  set: RemarkSet,
  policy: OutdatedPolicy,
): Promise<InlineCommentsResponse> {
  const board = {
    maxAtFiles: MAX_REMARKS_AT_FILES,
    own: (group: string) => readOwnDiscussions(project, target.pullRequestNumber, group),
    bringUpToDate: (remark: Remark, discussion: Discussion) => bringUpToDate(project, target, remark, discussion),
    place: (remarks: readonly Remark[], room: number) => placeRemarks(project, target, remarks, room),
    settle: (discussion: Discussion, how: 'resolve' | 'delete') => settle(project, target, discussion, how),
  };
  return keepRemarks(board, set, policy);
}

async function bringUpToDate(
  project: ProjectClient,
  target: Target,
  remark: Remark,
  discussion: Discussion,
): Promise<InlineOutcome> {
  const [first] = discussion.notes;
  const placed = first.position?.position_type === 'file' ? 'file' : 'inline';
  const reopens = isSettled(discussion, await project.client.ownUserId(project.signal));
  if (reopens) await resolve(project, target, discussion, false);
  const body = remarkBody(remark, placed);
  const isSame = sameText(first.body, body);
  if (!isSame) await project.write({ method: 'PUT', path: notePath(target, discussion), body: { body } });
  const outcome = isSame && !reopens ? 'unchanged' : 'updated';
  const url = noteUrl(project.client, target, first.id);
  return placedRemark(remark, outcome, placed, url, placed === 'file' ? NOT_SHOWN_WHEN_POSTED : null);
}

/** Resolving requires a higher role than commenting, so it may be refused. */
async function settle(
  project: ProjectClient,
  target: Target,
  discussion: Discussion,
  policy: 'resolve' | 'delete',
): Promise<'settled' | 'was_settled' | 'refused'> {
  if (policy === 'delete') {
    await project.delete(notePath(target, discussion));
    return 'settled';
  }
  if (discussion.notes[0].resolved) return 'was_settled';
  return (await resolve(project, target, discussion, true).catch(asRefusal)) ? 'settled' : 'refused';
}

function resolve(project: ProjectClient, target: Target, { id }: Discussion, resolved: boolean): Promise<Discussion> {
  return project.write<Discussion>({ method: 'PUT', path: discussionPath(target, id), body: { resolved } });
}

const asRefusal = nullIf((error) => hasStatus(error, 403) && !error.transient);

function notePath(target: Target, { id, notes }: Discussion): string {
  return `${discussionPath(target, id)}/notes/${notes[0].id}`;
}

function discussionPath({ pullRequestNumber }: Target, id: string): string {
  return `/merge_requests/${pullRequestNumber}/discussions/${encodeURIComponent(id)}`;
}
