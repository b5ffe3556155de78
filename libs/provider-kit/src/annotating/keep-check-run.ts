import type {
  OutdatedPolicy,
  ScmCheckRunAnnotation,
  ScmCheckRunRequest,
  ScmCheckRunResponse,
  ScmCommentResponse,
  Truncation,
  WriteOutcome,
} from '@integrations/contracts';
import type { InlineCommentsResponse } from '../scm-annotation-client';
import {
  checkRunHeading,
  checkRunMarker,
  checkRunNote,
  type EmulatedCheckRun,
  overallOutcome,
  unremarked,
} from './emulated-check-run';
import { type CommentBoard, updateComment, upsertComment } from './keep-comment';
import { type RemarkSet, remarkSet } from './remark';

interface KeptCheckRun {
  readonly request: ScmCheckRunRequest;
  readonly plan: EmulatedCheckRun;
  readonly upsertKey: string;
  /** What happens to remarks of earlier runs once this run is complete. Absent: resolve. */
  readonly outdated?: OutdatedPolicy | undefined;
}

/** The commit status that shows the run's conclusion, as it was set. */
export interface ReportedStatus {
  readonly outcome: WriteOutcome;
  readonly id: string;
  readonly url: string;
}

/** A pull request on which the run is shown in addition to its status. */
interface Conversation<T> {
  readonly comments: CommentBoard<T>;
  /** Brings a set of remarks up to date. */
  remark(set: RemarkSet, policy: OutdatedPolicy): Promise<InlineCommentsResponse>;
}

/** The outcomes of the run's remarks and comment on one pull request. */
interface ShownCheckRun {
  readonly outcomes: readonly WriteOutcome[];
  readonly truncated: readonly Truncation[];
}

/**
 * Brings an emulated check run, whose status is already set, up to date on each pull request: its remarks and its
 * comment. Once the run is complete, remarks of earlier runs are treated as `outdated` says: resolved by default.
 */
export async function keepCheckRun<T>(
  run: KeptCheckRun,
  reported: ReportedStatus,
  conversations: readonly Conversation<T>[],
): Promise<ScmCheckRunResponse> {
  const shown: ShownCheckRun[] = [];
  for (const conversation of conversations) shown.push(await showIn(conversation, run));
  const { status, conclusion } = run.plan;
  return {
    outcome: overallOutcome([reported.outcome, ...shown.flatMap(({ outcomes }) => outcomes)]),
    checkRunId: reported.id,
    url: reported.url,
    status,
    conclusion,
    annotationsPosted: conversations.length > 0 ? (run.request.annotations ?? []).length : 0,
    truncated: shown.flatMap(({ truncated }) => truncated),
  };
}

async function showIn<T>({ comments, remark }: Conversation<T>, run: KeptCheckRun): Promise<ShownCheckRun> {
  const { plan, upsertKey, outdated = 'resolve' } = run;
  const policy = plan.status === 'completed' ? outdated : 'keep';
  const remarked = await remark(remarkSet('check_run', upsertKey, plan.comments), policy);
  const note = await keepNote(comments, run, unremarked(plan, remarked.comments));
  const outcomes = remarked.comments.map(({ outcome }) => outcome).filter((outcome) => outcome !== 'unplaced');
  return {
    outcomes: [...outcomes, ...(note ? [note.outcome] : []), ...(remarked.outdated > 0 ? ['updated' as const] : [])],
    truncated: note?.truncated ?? [],
  };
}

/**
 * Keeps the run's comment up to date. A completed run with nothing to say creates no comment, but the comment of an
 * earlier run is no longer true, so it is replaced by this run's heading. Null if there is no comment. A truncation is
 * reported under the request's field that comes last in the comment.
 */
async function keepNote<T>(
  board: CommentBoard<T>,
  { request, plan, upsertKey }: KeptCheckRun,
  unplaced: readonly ScmCheckRunAnnotation[],
): Promise<ScmCommentResponse | null> {
  const marker = checkRunMarker(request.name, upsertKey);
  const text = checkRunNote(request, plan, unplaced);
  if (text !== null) {
    const note = await upsertComment(board, text, marker);
    const field = lastFieldOf(request, unplaced);
    return { ...note, truncated: note.truncated.map((cut) => ({ ...cut, field })) };
  }
  return plan.status === 'completed' ? updateComment(board, checkRunHeading(request, plan), marker) : null;
}

function lastFieldOf({ text }: ScmCheckRunRequest, unplaced: readonly ScmCheckRunAnnotation[]) {
  if (unplaced.length > 0) return 'annotations';
  return text ? 'text' : 'summary';
}
