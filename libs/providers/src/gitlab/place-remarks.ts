import {
  type DiffFile,
  type InlineCommentsRequest,
  type InlineOutcome,
  isSuggestion,
  placedRemark,
  ProviderError,
  type Remark,
  type Spot,
  UnifiedDiff,
  unplacedRemark,
} from '@integrations/provider-kit';
import { MAX_REMARKS_AT_FILES } from './limits';
import { remarkBody } from './marked-body';
import { noteUrl } from './notes';
import type { Discussion } from './own-discussions';
import { atFile, atLines, type Position, type Version } from './positions';
import type { ProjectClient, Write } from './project';

/** The fields we use of a changed file of a version. */
interface ChangedFile {
  readonly old_path: string;
  readonly new_path: string;
  readonly deleted_file?: boolean;
  /** Empty for binary files, and for those whose diff is too large to be shown. */
  readonly diff?: string;
}

export type Target = Pick<InlineCommentsRequest, 'owner' | 'repository' | 'pullRequestNumber' | 'headSha'>;

/**
 * Posts remarks that are not at GitLab yet: each at its lines, else at its file, as long as there is `roomAtFiles`.
 * Answers with the outcome of each. Throws `stale_head` if the merge request never had that head.
 */
export async function placeRemarks(
  project: ProjectClient,
  target: Target,
  remarks: readonly Remark[],
  roomAtFiles: number,
): Promise<Map<Remark, InlineOutcome>> {
  const outcomes = new Map<Remark, InlineOutcome>();
  const version = await versionOf(project, target);
  const diff = await readDiff(project, target, version);
  let room = roomAtFiles;
  for (const remark of remarks) {
    const outcome = await place(project, target, version, remark, spotOf(remark, diff), room > 0);
    if (outcome.placed === 'file') room -= 1;
    outcomes.set(remark, outcome);
  }
  return outcomes;
}

export function discussionCreation({ pullRequestNumber }: Pick<Target, 'pullRequestNumber'>, body: object): Write {
  return { method: 'POST', path: `/merge_requests/${pullRequestNumber}/discussions`, body };
}

/** The newest with that head: positions count from the commits of a version, not from those of the branches. */
async function versionOf(project: ProjectClient, { pullRequestNumber, headSha }: Target): Promise<Version> {
  const versions = project.list<Version>('versions', ({ mergeRequests }, id, page) =>
    mergeRequests.allDiffVersions(id, pullRequestNumber, page),
  );
  for await (const version of versions) if (version.head_commit_sha === headSha) return version;
  throw new ProviderError('stale_head', `GitLab: merge request ${pullRequestNumber} has no version with that head`);
}

/** Null where it is too large to be read. */
async function readDiff(
  project: ProjectClient,
  { pullRequestNumber }: Target,
  { id }: Version,
): Promise<UnifiedDiff | null> {
  try {
    const { diffs } = await project.get<Version & { readonly diffs?: readonly ChangedFile[] }>(
      'the diff of a version',
      ({ mergeRequests }, of) => mergeRequests.showDiffVersion(of, pullRequestNumber, id),
    );
    return new UnifiedDiff((diffs ?? []).map(fileOf));
  } catch (error) {
    if (error instanceof ProviderError && error.code === 'too_large') return null;
    throw error;
  }
}

function fileOf({ old_path: oldPath, new_path, deleted_file: isDeleted = false, diff = '' }: ChangedFile): DiffFile {
  return { path: isDeleted ? oldPath : new_path, oldPath, isDeleted, patch: diff };
}

function spotOf(remark: Remark, diff: UnifiedDiff | null): Spot {
  const { path } = remark.comment;
  if (diff) return diff.spotFor(path, remark.comment, isSuggestion(remark));
  return { at: 'file', file: fileOf({ old_path: path, new_path: path }), reason: 'the diff is too large to be read' };
}

async function place(
  project: ProjectClient,
  target: Target,
  version: Version,
  remark: Remark,
  spot: Spot,
  hasRoom: boolean,
): Promise<InlineOutcome> {
  const post = (placed: 'inline' | 'file', position: Position) =>
    project.write<Discussion>(discussionCreation(target, { body: remarkBody(remark, placed), position }));
  const created = (placed: 'inline' | 'file', { notes }: Discussion, reason: string | null): InlineOutcome => {
    const [{ id } = { id: 0 }] = notes ?? [];
    return placedRemark(remark, 'created', placed, noteUrl(project.client, target, id), reason);
  };

  if (spot.at === 'nowhere') return unplacedRemark(remark, spot.reason);
  if (spot.at === 'lines') {
    const discussion = await post('inline', atLines(version, spot.file, spot.lines)).catch(asRefused);
    if (discussion) return created('inline', discussion, spot.reason);
  }
  if (!hasRoom) return unplacedRemark(remark, `there are ${MAX_REMARKS_AT_FILES} remarks at files already`);
  // Versions before 16.4 know no position without a line.
  const discussion = await post('file', atFile(version, spot.file)).catch(asRefused);
  if (!discussion) return unplacedRemark(remark, 'GitLab takes no remark on the file');
  return created('file', discussion, spot.at === 'file' ? spot.reason : 'GitLab takes no remark on the line');
}

/** Null if it was refused for where it is to stand, or for what it says. */
function asRefused(error: unknown): null {
  const codes: readonly string[] = ['invalid_position', 'invalid_request', 'too_large'];
  const isAboutIt = error instanceof ProviderError && (error.httpStatus === 400 || error.httpStatus === 422);
  if (isAboutIt && codes.includes(error.code)) return null;
  throw error;
}
