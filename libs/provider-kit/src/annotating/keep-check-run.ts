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
  /** For remarks of earlier runs, once this one is complete. */
  readonly outdated?: OutdatedPolicy | undefined;
}

/** The status that concludes it. */
export interface ReportedStatus {
  readonly outcome: WriteOutcome;
  readonly id: string;
  readonly url: string;
}

/** Where it is shown beside its status. */
interface Conversation<T> {
  readonly comments: CommentBoard<T>;
  /** Brings a set of remarks up to date. */
  remark(set: RemarkSet, policy: OutdatedPolicy): Promise<InlineCommentsResponse>;
}

/** What became of its parts there. */
interface ShownCheckRun {
  readonly outcomes: readonly WriteOutcome[];
  readonly truncated: readonly Truncation[];
}

/**
 * Brings what stands for a check run, of which the status is set, up to date in each conversation: its remarks, of which
 * those of earlier runs are resolved, unless the policy is another, once it is complete, and its comment.
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
 * A run that ends with nothing to say makes no comment; but what an earlier one said is not true any more: there it says
 * how this one ended. Null if there is none. What is cut of it is named by the field of the request that it ends with.
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
