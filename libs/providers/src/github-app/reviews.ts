import { type InlineCommentsRequest, type InlineOutcome, markerOf, ProviderError } from '@integrations/provider-kit';
import { type ChangedFile, Diff, type Lines, type Spot } from './diff';
import { MAX_FILE_COMMENTS, MAX_REVIEW_COMMENTS } from './limits';
import type { ReviewComment } from './own-comments';
import { bodyAt, isSuggestion, type Remark } from './remark';
import type { RepositoryClient, Stored } from './repository';

interface Placement {
  readonly remark: Remark;
  readonly spot: Spot;
}

interface LinePlacement extends Placement {
  readonly spot: Extract<Spot, { at: 'lines' }>;
}

/**
 * Posts remarks that are not at GitHub yet: those whose lines the diff shows in reviews, the others at their file, as
 * long as there is `roomAtFiles`. Answers with the outcome of each.
 */
export async function placeRemarks(
  github: RepositoryClient,
  request: InlineCommentsRequest,
  remarks: readonly Remark[],
  roomAtFiles: number,
): Promise<Map<Remark, InlineOutcome>> {
  const outcomes = new Map<Remark, InlineOutcome>();
  if (remarks.length === 0) return outcomes;
  const diff = await readDiff(github, request.pullRequestNumber);
  const placements = remarks.map((remark) => ({ remark, spot: spotOf(remark, diff) }));

  const atLines = placements.filter(isAtLines);
  for (let from = 0; from < atLines.length; from += MAX_REVIEW_COMMENTS) {
    const batch = atLines.slice(from, from + MAX_REVIEW_COMMENTS);
    for (const [remark, outcome] of await postReview(github, request, batch)) outcomes.set(remark, outcome);
  }
  let room = roomAtFiles;
  for (const { remark, spot } of placements) {
    if (outcomes.has(remark)) continue;
    const outcome = await postAtFile(github, request, remark, spot, room > 0);
    if (outcome.placed === 'file') room -= 1;
    outcomes.set(remark, outcome);
  }
  return outcomes;
}

/** Null where GitHub does not make the diff, because it is too large. */
async function readDiff(github: RepositoryClient, pullRequestNumber: number): Promise<Diff | null> {
  const files: ChangedFile[] = [];
  try {
    for await (const file of github.list<ChangedFile>(`/pulls/${pullRequestNumber}/files`)) files.push(file);
  } catch (error) {
    if (isRefused(error)) return null;
    throw error;
  }
  return new Diff(files);
}

function spotOf(remark: Remark, diff: Diff | null): Spot {
  if (!diff) return { at: 'file', reason: 'GitHub does not show the diff' };
  return diff.spotFor(remark.comment.path, remark.comment, isSuggestion(remark));
}

function isAtLines(placement: Placement): placement is LinePlacement {
  return placement.spot.at === 'lines';
}

/**
 * A review is all or nothing, and GitHub does not say which of its comments it refuses: it is cut in half until the
 * refused one stands alone. That one gets no outcome here.
 */
async function postReview(
  github: RepositoryClient,
  request: InlineCommentsRequest,
  placements: readonly LinePlacement[],
): Promise<Map<Remark, InlineOutcome>> {
  const { pullRequestNumber, headSha } = request;
  const comments = placements.map(({ remark, spot }) => ({
    path: remark.comment.path,
    body: bodyAt(remark, 'inline'),
    ...positionOf(spot.lines),
  }));
  try {
    const body = { commit_id: headSha, event: 'COMMENT', comments };
    const review = await github.post<Stored>(`/pulls/${pullRequestNumber}/reviews`, body);
    return await readBack(github, `/pulls/${pullRequestNumber}/reviews/${review.id}/comments`, placements);
  } catch (error) {
    if (!isRefused(error)) throw error;
    if (placements.length === 1) return new Map();
    const half = Math.ceil(placements.length / 2);
    const first = await postReview(github, request, placements.slice(0, half));
    const second = await postReview(github, request, placements.slice(half));
    return new Map([...first, ...second]);
  }
}

/** The answer to a review holds none of its comments. */
async function readBack(
  github: RepositoryClient,
  path: string,
  placements: readonly LinePlacement[],
): Promise<Map<Remark, InlineOutcome>> {
  const urls = new Map<string | null, string>();
  for await (const { body, html_url } of github.list<ReviewComment>(path)) urls.set(markerOf(body), html_url);
  return new Map(
    placements.map(({ remark, spot }) => {
      const { fingerprint } = remark.comment;
      const url = urls.get(remark.marker) ?? null;
      return [remark, { fingerprint, outcome: 'created', placed: 'inline', url, reason: spot.reason }];
    }),
  );
}

async function postAtFile(
  github: RepositoryClient,
  { pullRequestNumber, headSha }: InlineCommentsRequest,
  remark: Remark,
  spot: Spot,
  hasRoom: boolean,
): Promise<InlineOutcome> {
  const { fingerprint, path } = remark.comment;
  const unplaced = (reason: string): InlineOutcome => ({
    ...{ fingerprint, outcome: 'unplaced', placed: null, url: null },
    reason,
  });
  if (spot.at === 'nowhere') return unplaced(spot.reason);
  if (!hasRoom) return unplaced(`there are ${MAX_FILE_COMMENTS} remarks at files already`);
  const reason = spot.at === 'file' ? spot.reason : 'GitHub takes no comment on the line';
  try {
    const body = { body: bodyAt(remark, 'file'), commit_id: headSha, path, subject_type: 'file' };
    const { html_url: url } = await github.post<ReviewComment>(`/pulls/${pullRequestNumber}/comments`, body);
    return { fingerprint, outcome: 'created', placed: 'file', url, reason };
  } catch (error) {
    if (isRefused(error)) return unplaced('GitHub takes no comment on the file');
    throw error;
  }
}

/** Line comments are on the new side of the diff; several lines must be in one hunk. */
function positionOf({ startLine, endLine }: Lines): object {
  const end = { line: endLine, side: 'RIGHT' };
  return startLine === endLine ? end : { ...end, start_line: startLine, start_side: 'RIGHT' };
}

/** Refused for what it holds, which may be all right for a part of it. */
function isRefused(error: unknown): boolean {
  if (!(error instanceof ProviderError) || error.httpStatus !== 422) return false;
  return error.code === 'invalid_position' || error.code === 'invalid_request' || error.code === 'too_large';
}
