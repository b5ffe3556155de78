import type { OutdatedPolicy } from '@integrations/contracts';
import {
  type AnnotationContext,
  type InlineCommentsRequest,
  type InlineCommentsResponse,
  type InlineOutcome,
  isSettledText,
  keepRemarks,
  markerOf,
  type OwnRemark,
  placedRemark,
  type Remark,
  type RemarkSet,
  remarkSet,
  sameText,
  settledText,
} from '@integrations/provider-kit';
import type { AzureDevOpsClient } from '../vendors/azure-devops/client';
import { bodyMarkedAs, remarkBody } from './marked-body';
import { mayOffer, placeRemarks, type Target } from './place-remarks';
import { RepositoryClient } from './repository';
import {
  commentPath,
  commentUpdate,
  isAuthoredBy,
  isUserComment,
  type OwnThread,
  readOwnThreads,
  statusUpdate,
  threadUrl,
} from './threads';

/** All other statuses mean that somebody has dealt with the thread. */
const OPEN = ['active', 'pending'];

export async function postInlineComments(
  client: AzureDevOpsClient,
  request: InlineCommentsRequest,
  { upsertKey, signal }: AnnotationContext,
): Promise<InlineCommentsResponse> {
  const repository = new RepositoryClient(client, request, signal);
  return bringRemarksUpToDate(repository, request, remarkSet('inline', upsertKey, request.comments), request.outdated);
}

/** Keeps each remark as a thread. */
export function bringRemarksUpToDate(
  repository: RepositoryClient,
  target: Target,
  set: RemarkSet,
  policy: OutdatedPolicy,
): Promise<InlineCommentsResponse> {
  const { pullRequestNumber } = target;
  const board = {
    maxAtFiles: 0,
    own: (group: string) => ownRemarks(repository, pullRequestNumber, group),
    bringUpToDate: (remark: Remark, thread: OwnThread) => bringUpToDate(repository, pullRequestNumber, remark, thread),
    place: (remarks: readonly Remark[]) => placeRemarks(repository, target, remarks),
    settle: (thread: OwnThread, how: 'resolve' | 'delete') => settle(repository, pullRequestNumber, thread, how),
  };
  return keepRemarks(board, set, policy);
}

async function ownRemarks(
  repository: RepositoryClient,
  pullRequestNumber: number,
  group: string,
): Promise<OwnRemark<OwnThread>[]> {
  const self = await repository.client.ownId(repository.signal);
  const own: OwnRemark<OwnThread>[] = [];
  for (const thread of await readOwnThreads(repository, pullRequestNumber)) {
    const marker = markerOf(thread.first.content);
    if (!marker?.startsWith(group)) continue;
    const isAnswered = thread.comments.some((comment) => isUserComment(comment) && !isAuthoredBy(comment, self));
    own.push({ marker, thread, isAnswered });
  }
  return own;
}

async function bringUpToDate(
  repository: RepositoryClient,
  pullRequestNumber: number,
  remark: Remark,
  { id, status, first, threadContext }: OwnThread,
): Promise<InlineOutcome> {
  const url = threadUrl(repository, pullRequestNumber, id);
  const body = remarkBody(remark, mayOffer(remark, threadContext ?? {}));
  if (sameText(first.content, body)) return placedRemark(remark, 'unchanged', 'inline', url, null);
  const isClosedByUs = isSettledText(first.content) && !isOpen(status);
  if (isClosedByUs) await repository.write(statusUpdate(pullRequestNumber, id, 'active'));
  await repository.write(commentUpdate(pullRequestNumber, id, first.id, body));
  return placedRemark(remark, 'updated', 'inline', url, null);
}

/** Azure DevOps does not report who closed a thread. The settled text shows that it was us, so it is written first. */
async function settle(
  repository: RepositoryClient,
  pullRequestNumber: number,
  { id, status, first }: OwnThread,
  policy: 'resolve' | 'delete',
): Promise<'settled' | 'was_settled'> {
  if (policy === 'delete') {
    await repository.delete(commentPath(pullRequestNumber, id, first.id));
    return 'settled';
  }
  if (!isOpen(status)) return 'was_settled';
  if (!isSettledText(first.content)) {
    const body = bodyMarkedAs(first.content, settledText(first.content));
    await repository.write(commentUpdate(pullRequestNumber, id, first.id, body));
  }
  await repository.write(statusUpdate(pullRequestNumber, id, 'closed'));
  return 'settled';
}

function isOpen(status: string | undefined): boolean {
  return status !== undefined && OPEN.includes(status);
}
