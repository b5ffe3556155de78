import {
  asTooLarge,
  type DiffFile,
  type DiffLine,
  hasCode,
  type InlineCommentsRequest,
  type InlineOutcome,
  type LinesSpot,
  markerOf,
  nullIf,
  parseGitDiff,
  placedRemark,
  ProviderError,
  type Remark,
  type Spot,
  UnifiedDiff,
  unplacedRemark,
} from '@integrations/provider-kit';
import { unreadable } from './errors';
import { remarkBody } from './marked-body';
import { readComments, type Review, type ReviewComment } from './own-reviews';
import { readPull } from './pull-requests';
import type { RepositoryClient, Write } from './repository';

export type Target = Pick<InlineCommentsRequest, 'owner' | 'repository' | 'pullRequestNumber' | 'headSha'>;

/** A remark with a line, and the comment to send for it. */
interface Placeable {
  readonly remark: Remark;
  readonly reason: string | null;
  readonly comment: object;
}

/**
 * Posts new remarks, each on its lines, in a single review, because each review sends an e-mail to everybody. Returns
 * the outcome of each. Gitea has no remarks on files. It silently accepts a remark on a line outside the diff and shows
 * it nowhere, so such a remark is not posted. Throws `stale_head` if the pull request has another head.
 */
export async function placeRemarks(
  repository: RepositoryClient,
  target: Target,
  remarks: readonly Remark[],
): Promise<Map<Remark, InlineOutcome>> {
  const { pullRequestNumber, headSha } = target;
  const { head } = await readPull(repository, pullRequestNumber);
  if (head.sha !== headSha) {
    throw new ProviderError('stale_head', `Gitea: pull request ${pullRequestNumber} has another head now`);
  }
  const diff = await readDiff(repository, target);
  const outcomes = new Map<Remark, InlineOutcome>();
  const placeable: Placeable[] = [];
  for (const remark of remarks) {
    const spot: Spot = diff
      ? diff.spotFor(remark.comment.path, remark.comment, false)
      : { at: 'nowhere', reason: 'the diff is too large to be read' };
    if (spot.at === 'lines') placeable.push(placeableAt(remark, spot));
    else outcomes.set(remark, unplacedRemark(remark, spot.reason));
  }
  for (const [remark, outcome] of await postReview(repository, target, placeable)) outcomes.set(remark, outcome);
  return outcomes;
}

export function reviewCreation({ pullRequestNumber, headSha }: Target, comments: readonly object[]): Write {
  const body = { commit_id: headSha, event: 'COMMENT', comments };
  return { method: 'POST', path: `/pulls/${pullRequestNumber}/reviews`, body };
}

/** One of the two positions is 0. */
export function reviewComment(remark: Remark, at: { readonly new_position: unknown; readonly old_position: unknown }) {
  return { path: remark.comment.path, body: remarkBody(remark), ...at };
}

/** The diff against the merge base, as `git` prints it; null if it is too large to be read. */
async function readDiff(repository: RepositoryClient, { pullRequestNumber }: Target): Promise<UnifiedDiff | null> {
  const path = `/pulls/${pullRequestNumber}.diff`;
  const text = await repository.text(path).catch(asTooLarge);
  if (text === null) return null;
  if (text.trim() !== '' && !text.startsWith('diff --git ')) throw unreadable(`GET ${path}`);
  return new UnifiedDiff(parseGitDiff(text));
}

/** Places the remark on the last of its lines that the diff shows. */
function placeableAt(remark: Remark, { file, lines, reason }: LinesSpot): Placeable {
  return { remark, reason, comment: reviewComment(remark, positionOf(file, lines.at(-1)!)) };
}

function positionOf({ isDeleted }: DiffFile, line: DiffLine) {
  return isDeleted ? { new_position: 0, old_position: line.old } : { new_position: line.new, old_position: 0 };
}

/** Splits a rejected review in half and retries, so that one bad remark does not keep the others from being posted. */
async function postReview(
  repository: RepositoryClient,
  target: Target,
  batch: readonly Placeable[],
): Promise<Map<Remark, InlineOutcome>> {
  if (batch.length === 0) return new Map();
  const write = reviewCreation(
    target,
    batch.map(({ comment }) => comment),
  );
  const created = await repository.write<Review>(write).catch(asRefused);
  if (created) return outcomesOf(await readComments(repository, target.pullRequestNumber, created.id), batch);
  const [only] = batch;
  if (batch.length === 1) return new Map([[only!.remark, unplacedRemark(only!.remark, 'Gitea refuses the remark')]]);
  const half = Math.ceil(batch.length / 2);
  const first = await postReview(repository, target, batch.slice(0, half));
  return new Map([...first, ...(await postReview(repository, target, batch.slice(half)))]);
}

function outcomesOf(posted: readonly ReviewComment[], batch: readonly Placeable[]): Map<Remark, InlineOutcome> {
  const urls = new Map(posted.map(({ body, html_url }) => [markerOf(body), html_url]));
  return new Map(
    batch.map(({ remark, reason }) => {
      const url = urls.get(remark.marker) ?? null;
      return [remark, placedRemark(remark, 'created', 'inline', url, reason)];
    }),
  );
}

/** Null if Gitea rejected the content. */
const asRefused = nullIf((error) => hasCode(error, 'invalid_request', 'too_large'));
