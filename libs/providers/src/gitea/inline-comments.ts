import type { OutdatedPolicy } from '@integrations/contracts';
import {
  type AnnotationContext,
  type InlineCommentsRequest,
  type InlineCommentsResponse,
  keepRemarks,
  type RemarkSet,
  remarkSet,
} from '@integrations/provider-kit';
import type { GiteaClient } from './client';
import type { Target } from './place-remarks';
import { RepositoryClient } from './repository';
import { ReviewBoard } from './review-board';

export async function postInlineComments(
  client: GiteaClient,
  request: InlineCommentsRequest,
  { upsertKey, signal }: AnnotationContext,
): Promise<InlineCommentsResponse> {
  const repository = new RepositoryClient(client, request, signal);
  return bringRemarksUpToDate(repository, request, remarkSet('inline', upsertKey, request.comments), request.outdated);
}

export function bringRemarksUpToDate(
  repository: RepositoryClient,
  target: Target,
  set: RemarkSet,
  policy: OutdatedPolicy,
): Promise<InlineCommentsResponse> {
  return keepRemarks(new ReviewBoard(repository, target, set), set, policy);
}
