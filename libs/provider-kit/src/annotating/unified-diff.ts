import { hasCode } from '../provider-error';

/** A file of a diff, as vendors show it file by file. */
export interface DiffFile {
  /** What it is called now, or was called where it is gone. */
  readonly path: string;
  readonly oldPath: string;
  readonly isDeleted: boolean;
  /** Its hunks; empty for binary files, and for those whose diff is too large to be shown. */
  readonly patch: string;
}

/** Lines of one side, both inclusive, from 1. */
export interface Lines {
  readonly startLine: number;
  readonly endLine: number;
}

/** A line of a diff: what number it has, or would have, on each side, and on which of them it is. */
export interface DiffLine {
  readonly old: number;
  readonly new: number;
  readonly kind: 'added' | 'removed' | 'unchanged';
}

/** The nearest that a remark gets to its lines; `reason` says what it missed. `lines` are of one hunk and one side. */
export type Spot =
  | {
      readonly at: 'lines';
      readonly file: DiffFile;
      readonly lines: readonly [DiffLine, ...DiffLine[]];
      readonly reason: string | null;
    }
  | { readonly at: 'file'; readonly file: DiffFile; readonly reason: string }
  | { readonly at: 'nowhere'; readonly reason: string };

export type LinesSpot = Extract<Spot, { at: 'lines' }>;

type Hunk = readonly DiffLine[];

/** Which lines of which files a pull request shows: most vendors take remarks on those only. */
export class UnifiedDiff {
  readonly #files: ReadonlyMap<string, DiffFile>;
  readonly #hunks = new Map<DiffFile, readonly Hunk[]>();

  constructor(files: readonly DiffFile[]) {
    this.#files = new Map(files.map((file) => [file.path, file]));
  }

  /**
   * Of a file that is gone the lines are those of the old side, of all others those of the new one. `exact`: the lines as
   * a whole or not at all, as for a suggestion, which would replace others.
   */
  spotFor(path: string, { startLine, endLine }: Lines, exact: boolean): Spot {
    const file = this.#files.get(path);
    if (!file) return { at: 'nowhere', reason: 'the pull request does not change the file' };
    const side = file.isDeleted ? 'old' : 'new';
    const within = (line: DiffLine) => line[side] >= startLine && line[side] <= endLine;
    const hunk = this.#hunksOf(file).find((lines) => lines.some(within));
    const [first, ...further] = hunk?.filter(within) ?? [];
    if (!first) return { at: 'file', file, reason: 'the diff does not show the line' };
    const lines = [first, ...further] as const;
    const shown = { startLine: first[side], endLine: (further.at(-1) ?? first)[side] };
    if (shown.startLine === startLine && shown.endLine === endLine) return { at: 'lines', file, lines, reason: null };
    if (exact) return { at: 'file', file, reason: 'the diff does not show all of its lines' };
    return { at: 'lines', file, lines, reason: `of its lines the diff shows ${linesName(shown)}` };
  }

  /** Those lines of the hunks that are on the file's own side. */
  #hunksOf(file: DiffFile): readonly Hunk[] {
    const known = this.#hunks.get(file);
    if (known) return known;
    const other = file.isDeleted ? 'added' : 'removed';
    const hunks = hunksOf(file.patch).map((lines) => lines.filter(({ kind }) => kind !== other));
    this.#hunks.set(file, hunks);
    return hunks;
  }
}

/** For the `catch` of what reads a diff: null where it is too large to be read. */
export function asTooLarge(error: unknown): null {
  if (hasCode(error, 'too_large')) return null;
  throw error;
}

/** `12` or `12 to 15`. */
export function linesName({ startLine, endLine }: Lines): string {
  return startLine === endLine ? String(startLine) : `${startLine} to ${endLine}`;
}

const HUNK = /^@@ -(\d+)(?:,\d+)? \+(\d+)(?:,\d+)? @@/;
const KINDS: Readonly<Record<string, DiffLine['kind']>> = { '+': 'added', '-': 'removed', ' ': 'unchanged' };

/** Lines of the text itself begin with a blank, `+`, `-` or a backslash. */
function hunksOf(patch: string): Hunk[] {
  const hunks: DiffLine[][] = [];
  let [old, next] = [0, 0];
  for (const line of patch.split('\n')) {
    const begins = HUNK.exec(line);
    if (begins) {
      [old, next] = [Number(begins[1]), Number(begins[2])];
      hunks.push([]);
      continue;
    }
    const kind = KINDS[line.charAt(0)];
    if (!kind) continue;
    hunks.at(-1)?.push({ old, new: next, kind });
    if (kind !== 'added') old += 1;
    if (kind !== 'removed') next += 1;
  }
  return hunks;
}
