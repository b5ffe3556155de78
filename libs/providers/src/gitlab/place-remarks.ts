import {
  asTooLarge,
  type DiffFile,
  hasCode,
  hasStatus,
  type InlineCommentsRequest,
  type InlineOutcome,
  nullIf,
  placeEach,
  ProviderError,
  type Remark,
  UnifiedDiff,
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
  /** Empty for binary files, and for files whose diff is too large. */
  readonly diff?: string;
}

export type Target = Pick<InlineCommentsRequest, 'owner' | 'repository' | 'pullRequestNumber' | 'headSha'>;

/**
 * Posts new remarks: each on its lines, otherwise on its file, up to `roomAtFiles` of these. Returns the outcome of
 * each. Throws `stale_head` if the merge request never had that head.
 */
export async function placeRemarks(
  project: ProjectClient,
  target: Target,
  remarks: readonly Remark[],
  roomAtFiles: number,
): Promise<Map<Remark, InlineOutcome>> {
  const version = await versionOf(project, target);
  const diff = await readDiff(project, target, version);
  const post = async (remark: Remark, placed: 'inline' | 'file', position: Position) => {
    const creation = discussionCreation(target, { body: remarkBody(remark, placed), position });
    const discussion = await project.write<Discussion>(creation).catch(asRefused);
    return discussion && noteUrl(project.client, target, discussion.notes?.[0]?.id ?? 0);
  };
  return placeEach(remarks, diff, roomAtFiles, {
    vendor: 'GitLab',
    maxAtFiles: MAX_REMARKS_AT_FILES,
    atLines: (remark, { file, lines }) => post(remark, 'inline', atLines(version, file, lines)),
    // GitLab before 16.4 does not support positions without a line.
    atFile: (remark, file) => post(remark, 'file', atFile(version, file)),
  });
}

export function discussionCreation({ pullRequestNumber }: Pick<Target, 'pullRequestNumber'>, body: object): Write {
  return { method: 'POST', path: `/merge_requests/${pullRequestNumber}/discussions`, body };
}

/** The newest version with that head: positions refer to the commits of a version, not to those of the branches. */
async function versionOf(project: ProjectClient, { pullRequestNumber, headSha }: Target): Promise<Version> {
  const versions = project.list<Version>('versions', ({ mergeRequests }, id, page) =>
    mergeRequests.allDiffVersions(id, pullRequestNumber, page),
  );
  for await (const version of versions) if (version.head_commit_sha === headSha) return version;
  throw new ProviderError('stale_head', `GitLab: merge request ${pullRequestNumber} has no version with that head`);
}

/** Null if it is too large to be read. */
async function readDiff(
  project: ProjectClient,
  { pullRequestNumber }: Target,
  { id }: Version,
): Promise<UnifiedDiff | null> {
  const read = project.get<Version & { readonly diffs?: readonly ChangedFile[] }>(
    'the diff of a version',
    ({ mergeRequests }, of) => mergeRequests.showDiffVersion(of, pullRequestNumber, id),
  );
  const found = await read.catch(asTooLarge);
  return found && new UnifiedDiff((found.diffs ?? []).map(fileOf));
}

function fileOf({ old_path: oldPath, new_path, deleted_file: isDeleted = false, diff = '' }: ChangedFile): DiffFile {
  return { path: isDeleted ? oldPath : new_path, oldPath, isDeleted, patch: diff };
}

/** Null if GitLab rejected the position or the text. */
const asRefused = nullIf(
  (error) => hasCode(error, 'invalid_position', 'invalid_request', 'too_large') && hasStatus(error, 400, 422),
);
