import { createHash } from 'node:crypto';
import type { FakeChangedFile, FakeMergeRequest, FakePosition, World } from './world.ts';

interface Line {
  readonly old: number;
  readonly next: number;
  readonly mark: string;
}

/** GitLab's error message about a position; null if the position is valid. */
export function judgePosition(position: FakePosition, mergeRequest: FakeMergeRequest, world: World): string | null {
  const version = mergeRequest.versions.find(({ head }) => head === position.head_sha);
  const isOf = version && position['base_sha'] === version.base && position['start_sha'] === version.start;
  if (!isOf) return 'Note {:position=>["is invalid"]}';
  const file = version.files.find(
    ({ old_path, new_path }) => old_path === position.old_path && new_path === position.new_path,
  );
  if (!file) return `Note {:line_code=>["can't be blank", "must be a valid line code"]}`;
  if (position.position_type === 'file') {
    return world.knowsFilePositions ? null : 'Note {:position=>["is invalid"]}';
  }
  const lines = linesOf(file);
  const isShown = lines.some((line) => stands(line, position));
  if (!isShown || mergeRequest.hidden.includes(position.new_line ?? 0)) {
    return `Note {:line_code=>["can't be blank", "must be a valid line code"]}`;
  }
  const range = position['line_range'] as { start: RangeEnd; end: RangeEnd } | undefined;
  const ends = range ? [range.start, range.end] : [];
  return ends.every((end) => isLineOf(end, file, lines)) ? null : 'Note {:position=>["line_range is invalid"]}';
}

interface RangeEnd {
  readonly line_code: string;
  readonly type: string;
  readonly old_line?: number;
  readonly new_line?: number;
}

/** An added line is named by its new number alone, a removed line by its old number alone, an unchanged line by both. */
function stands(
  { old, next, mark }: Line,
  { old_line, new_line }: Pick<FakePosition, 'old_line' | 'new_line'>,
): boolean {
  const wanted = { '+': [undefined, next], '-': [old, undefined], ' ': [old, next] }[mark]!;
  return wanted[0] === old_line && wanted[1] === new_line;
}

function isLineOf(end: RangeEnd, { new_path }: FakeChangedFile, lines: readonly Line[]): boolean {
  const sha = createHash('sha1').update(new_path).digest('hex');
  return lines.some(
    (line) =>
      stands(line, end) &&
      end.line_code === `${sha}_${line.old}_${line.next}` &&
      end.type === (line.mark === '+' ? 'new' : 'old'),
  );
}

function linesOf({ diff }: FakeChangedFile): Line[] {
  const lines: Line[] = [];
  let [old, next] = [0, 0];
  for (const text of diff.split('\n')) {
    const hunk = /^@@ -(\d+)(?:,\d+)? \+(\d+)/.exec(text);
    if (hunk) [old, next] = [Number(hunk[1]), Number(hunk[2])];
    const mark = text.charAt(0);
    if (hunk || !['+', '-', ' '].includes(mark)) continue;
    lines.push({ old, next, mark });
    if (mark !== '+') old += 1;
    if (mark !== '-') next += 1;
  }
  return lines;
}
