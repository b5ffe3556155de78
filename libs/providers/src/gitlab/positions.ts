import { createHash } from 'node:crypto';
import type { DiffFile, DiffLine } from '@integrations/provider-kit';

/** The fields we use of a merge request's version; every push creates one. */
export interface Version {
  readonly id: number;
  readonly base_commit_sha: string;
  readonly start_commit_sha: string;
  readonly head_commit_sha: string;
}

/** Where a discussion starts. https://docs.gitlab.com/api/discussions/#create-new-merge-request-thread */
export interface Position {
  readonly base_sha: string;
  readonly start_sha: string;
  readonly head_sha: string;
  readonly position_type: 'text' | 'file';
  readonly old_path: string;
  readonly new_path: string;
  readonly old_line?: number;
  readonly new_line?: number;
  readonly line_range?: { readonly start: RangeEnd; readonly end: RangeEnd };
}

interface RangeEnd {
  readonly line_code: string;
  readonly type: 'new' | 'old';
  readonly old_line?: number;
  readonly new_line?: number;
}

export function atFile(version: Version, { path, oldPath }: DiffFile): Position {
  const { base_commit_sha: base_sha, start_commit_sha: start_sha, head_commit_sha: head_sha } = version;
  return { base_sha, start_sha, head_sha, position_type: 'file', old_path: oldPath, new_path: path };
}

/** The position of the last line, with a range over all of them. The lines must lie within one hunk. */
export function atLines(version: Version, file: DiffFile, lines: readonly DiffLine[]): Position {
  const [first, last] = [lines[0]!, lines.at(-1)!];
  return {
    ...atFile(version, file),
    position_type: 'text',
    ...numbersOf(last),
    ...(first === last ? {} : { line_range: { start: rangeEnd(file, first), end: rangeEnd(file, last) } }),
  };
}

/** An added line has only a new number, a removed one only an old one. GitLab needs both for an unchanged line. */
function numbersOf({ kind, old, new: next }: DiffLine): Pick<Position, 'old_line' | 'new_line'> {
  return { ...(kind === 'added' ? {} : { old_line: old }), ...(kind === 'removed' ? {} : { new_line: next }) };
}

/** A line code holds the numbers of both sides, whichever side the line is on. */
function rangeEnd({ path }: DiffFile, line: DiffLine): RangeEnd {
  const file = createHash('sha1').update(path).digest('hex');
  const line_code = `${file}_${line.old}_${line.new}`;
  return { line_code, type: line.kind === 'added' ? 'new' : 'old', ...numbersOf(line) };
}
