import {
  type AnnotationContext,
  type InlineCommentsRequest,
  type InlineCommentsResponse,
  type InlineOutcome,
  ProviderError,
  sameText,
} from '@integrations/provider-kit';
import type { GitLabClient } from './client';
import { noteUrl } from './notes';
import { type Discussion, isAnswered, isSettled, type OwnDiscussions, readOwnDiscussions } from './own-discussions';
import { MAX_REMARKS_AT_FILES, placeRemarks, type Target } from './place-remarks';
import { ProjectClient } from './project';
import { bodyAt, type Remark, type RemarkSet, remarkSet } from './remark';

export async function postInlineComments(
  client: GitLabClient,
  request: InlineCommentsRequest,
  { upsertKey, signal }: AnnotationContext,
): Promise<InlineCommentsResponse> {
  client.refuseJobToken('comment');
  const project = new ProjectClient(client, request, signal);
  return bringRemarksUpToDate(project, request, remarkSet('inline', upsertKey, request.comments), request.outdated);
}

/**
 * Brings a set of remarks on a merge request up to date. Each is a discussion that carries a hidden marker, and only what
 * the token's user wrote counts, so that a rerun after a lost reply finds what got through. A remark that stands already
 * stays where it is: GitLab moves it along with its lines.
 */
export async function bringRemarksUpToDate(
  project: ProjectClient,
  target: Target,
  { group, remarks }: RemarkSet,
  policy: InlineCommentsRequest['outdated'],
): Promise<InlineCommentsResponse> {
  const own = await readOwnDiscussions(project, target.pullRequestNumber, group);
  const outcomes = new Map<Remark, InlineOutcome>();
  for (const remark of remarks) {
    const discussion = own.standing.get(remark.marker);
    if (discussion) outcomes.set(remark, await bringUpToDate(project, target, remark, discussion, own.self));
  }
  const missing = remarks.filter((remark) => !outcomes.has(remark));
  const atFiles = [...outcomes.values()].filter(({ placed }) => placed === 'file').length;
  const placed = await placeRemarks(project, target, missing, MAX_REMARKS_AT_FILES - atFiles);

  const outdated = await retire(project, target, outdatedOf(own, remarks), policy);
  return { comments: remarks.map((remark) => (outcomes.get(remark) ?? placed.get(remark))!), outdated };
}

async function bringUpToDate(
  project: ProjectClient,
  target: Target,
  remark: Remark,
  discussion: Discussion,
  self: number,
): Promise<InlineOutcome> {
  const { fingerprint } = remark.comment;
  const { notes } = discussion;
  const placed = notes[0].position?.position_type === 'file' ? 'file' : 'inline';
  const reason = placed === 'file' ? 'the diff did not show the line when it was posted' : null;
  const url = noteUrl(project.client, target, notes[0].id);
  const reopens = isSettled(discussion, self);
  if (reopens) await resolve(project, target, discussion, false);
  const body = bodyAt(remark, placed);
  const isSame = sameText(notes[0].body, body);
  if (!isSame) await project.write({ method: 'PUT', path: notePath(target, discussion), body: { body } });
  return { fingerprint, outcome: isSame && !reopens ? 'unchanged' : 'updated', placed, url, reason };
}

/** Ours that nothing asks for any more, but those that somebody answered: a conversation is not ours to end. */
function outdatedOf({ self, standing, surplus }: OwnDiscussions, remarks: readonly Remark[]): Discussion[] {
  const wanted = new Set(remarks.map(({ marker }) => marker));
  const unwanted = [...standing].filter(([marker]) => !wanted.has(marker)).map(([, discussion]) => discussion);
  return [...unwanted, ...surplus].filter((discussion) => !isAnswered(discussion, self));
}

/** Answers how many were settled now. Resolving takes a role that commenting does not: a first refusal is the last. */
async function retire(
  project: ProjectClient,
  target: Target,
  discussions: readonly Discussion[],
  policy: InlineCommentsRequest['outdated'],
): Promise<number> {
  if (policy === 'keep') return 0;
  let settled = 0;
  for (const discussion of discussions) {
    if (policy === 'delete') {
      await project.delete(notePath(target, discussion));
    } else {
      if (discussion.notes[0].resolved) continue;
      if (!(await resolve(project, target, discussion, true).catch(asRefusal))) return settled;
    }
    settled += 1;
  }
  return settled;
}

function resolve(project: ProjectClient, target: Target, { id }: Discussion, resolved: boolean): Promise<Discussion> {
  return project.write<Discussion>({ method: 'PUT', path: discussionPath(target, id), body: { resolved } });
}

function asRefusal(error: unknown): null {
  if (error instanceof ProviderError && error.httpStatus === 403) return null;
  throw error;
}

function notePath(target: Target, { id, notes }: Discussion): string {
  return `${discussionPath(target, id)}/notes/${notes[0].id}`;
}

function discussionPath({ pullRequestNumber }: Target, id: string): string {
  return `/merge_requests/${pullRequestNumber}/discussions/${encodeURIComponent(id)}`;
}
