import {
  type DiffFile,
  type DiffLine,
  hasCode,
  hasStatus,
  type InlineCommentsRequest,
  type InlineOutcome,
  isSuggestion,
  markerOf,
  placedRemark,
  type Remark,
  type Spot,
  UnifiedDiff,
  unplacedRemark,
} from '@integrations/provider-kit';
import { FILES_OF_LARGE_DIFF, MAX_FILE_COMMENTS, MAX_REVIEW_COMMENTS } from './limits';
import { remarkBody } from './marked-body';
import type { ReviewComment } from './own-comments';
import { PER_PAGE, type RepositoryClient, type Stored } from '../vendors/github/repository';

/** The fields we use of a changed file of a pull request. */
interface ChangedFile {
  readonly filename: string;
  /** Absent for binary files, and for files whose diff is too large. */
  readonly patch?: string;
}

interface Placement {
  readonly remark: Remark;
  readonly spot: Spot;
}

interface LinePlacement extends Placement {
  readonly spot: Extract<Spot, { at: 'lines' }>;
}

/**
 * Posts new remarks: in reviews if the diff shows their lines, else on files, up to `roomAtFiles`. Returns outcomes.
 */
export async function placeRemarks(
  github: RepositoryClient,
  request: InlineCommentsRequest,
  remarks: readonly Remark[],
  roomAtFiles: number,
): Promise<Map<Remark, InlineOutcome>> {
  const outcomes = new Map<Remark, InlineOutcome>();
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

/**
 * Null if GitHub cannot generate the diff: it is too large, or the repository lacks data for it. GitHub generates the
 * diff of a page at a time, so a page of fewer files may do.
 */
async function readDiff(github: RepositoryClient, pullRequestNumber: number): Promise<UnifiedDiff | null> {
  for (const perPage of [PER_PAGE, FILES_OF_LARGE_DIFF]) {
    const files: DiffFile[] = [];
    const changed = github.list<ChangedFile>(`/pulls/${pullRequestNumber}/files`, { per_page: String(perPage) });
    try {
      for await (const file of changed) files.push(fileOf(file));
      return new UnifiedDiff(files);
    } catch (error) {
      if (!isRefused(error)) throw error;
    }
  }
  return null;
}

function spotOf(remark: Remark, diff: UnifiedDiff | null): Spot {
  const { path } = remark.comment;
  if (!diff) return { at: 'file', file: fileOf({ filename: path }), reason: 'GitHub does not show the diff' };
  return diff.spotFor(path, remark.comment, isSuggestion(remark));
}

/** Line comments go on the new side only, so `isDeleted` does not matter. */
function fileOf({ filename, patch = '' }: ChangedFile): DiffFile {
  return { path: filename, oldPath: filename, isDeleted: false, patch };
}

function isAtLines(placement: Placement): placement is LinePlacement {
  return placement.spot.at === 'lines';
}

/**
 * GitHub accepts or rejects a review as a whole and does not say which comment it rejects. A rejected review is
 * therefore split in half until the rejected comment stands alone; that one gets no outcome here.
 */
async function postReview(
  github: RepositoryClient,
  request: InlineCommentsRequest,
  placements: readonly LinePlacement[],
): Promise<Map<Remark, InlineOutcome>> {
  const { pullRequestNumber, headSha } = request;
  const comments = placements.map(({ remark, spot }) => ({
    path: remark.comment.path,
    body: remarkBody(remark, 'inline'),
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

/** GitHub's answer to a review does not include its comments. */
async function readBack(
  github: RepositoryClient,
  path: string,
  placements: readonly LinePlacement[],
): Promise<Map<Remark, InlineOutcome>> {
  const urls = new Map<string | null, string>();
  for await (const { body, html_url } of github.list<ReviewComment>(path)) urls.set(markerOf(body), html_url);
  return new Map(
    placements.map(({ remark, spot }) => {
      const url = urls.get(remark.marker) ?? null;
      return [remark, placedRemark(remark, 'created', 'inline', url, spot.reason)];
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
  if (spot.at === 'nowhere') return unplacedRemark(remark, spot.reason);
  if (!hasRoom) return unplacedRemark(remark, `there are ${MAX_FILE_COMMENTS} remarks at files already`);
  const reason = spot.at === 'file' ? spot.reason : 'GitHub accepts no comment on the line';
  try {
    const body = {
      body: remarkBody(remark, 'file'),
      commit_id: headSha,
      path: remark.comment.path,
      subject_type: 'file',
    };
    const { html_url: url } = await github.post<ReviewComment>(`/pulls/${pullRequestNumber}/comments`, body);
    return placedRemark(remark, 'created', 'file', url, reason);
  } catch (error) {
    if (isRefused(error)) return unplacedRemark(remark, 'GitHub accepts no comment on the file');
    throw error;
  }
}

/** Line comments go on the new side of the diff; a range must lie within one hunk. */
function positionOf(lines: readonly [DiffLine, ...DiffLine[]]): object {
  const [{ new: startLine }, { new: endLine }] = [lines[0], lines.at(-1)!];
  const end = { line: endLine, side: 'RIGHT' };
  return startLine === endLine ? end : { ...end, start_line: startLine, start_side: 'RIGHT' };
}

/** GitHub rejects the content, or cannot generate the diff; part of it may still be acceptable. */
function isRefused(error: unknown): boolean {
  return hasStatus(error, 422, 500, 503) && hasCode(error, 'invalid_position', 'invalid_request', 'too_large');
}
