import { hasCode, nullIf } from '../provider-error';

/** One file of a diff. */
export interface DiffFile {
  /** The current path; for a deleted file, its last path. */
  readonly path: string;
  readonly oldPath: string;
  readonly isDeleted: boolean;
  /** The file's hunks. Empty for binary files, and for files whose diff is too large for the vendor to show. */
  readonly patch: string;
}

/** A range of lines on one side of the diff: counted from 1, both ends inclusive. */
export interface Lines {
  readonly startLine: number;
  readonly endLine: number;
}

/** A line of a diff: the number that it has, or would have, on each side, and the side or sides that contain it. */
export interface DiffLine {
  readonly old: number;
  readonly new: number;
  readonly kind: 'added' | 'removed' | 'unchanged';
}

/** The place closest to a remark's lines. `reason`: why it is not exact. `lines` belong to one hunk and one side. */
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

/** The lines that a pull request's diff shows. Most vendors take remarks on those lines only. */
export class UnifiedDiff {
  readonly #files: ReadonlyMap<string, DiffFile>;
  readonly #hunks = new Map<DiffFile, readonly Hunk[]>();

  constructor(files: readonly DiffFile[]) {
    this.#files = new Map(files.map((file) => [file.path, file]));
  }

  /**
   * Finds the place for a remark. Lines of a deleted file are on the old side, lines of other files on the new side.
   * `exact`: all of the lines or none, as for a suggestion, which would otherwise replace the wrong lines.
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
    return { at: 'lines', file, lines, reason: `of its lines, the diff shows only ${linesName(shown)}` };
  }

  /** The file's hunks, reduced to the lines on the side where its remarks go. */
  #hunksOf(file: DiffFile): readonly Hunk[] {
    const known = this.#hunks.get(file);
    if (known) return known;
    const other = file.isDeleted ? 'added' : 'removed';
    const hunks = hunksOf(file.patch).map((lines) => lines.filter(({ kind }) => kind !== other));
    this.#hunks.set(file, hunks);
    return hunks;
  }
}

/** For the `catch` of a call that reads a diff: null if the diff is too large, otherwise rethrows. */
export const asTooLarge = nullIf((error) => hasCode(error, 'too_large'));

/** `12` or `12 to 15`. */
export function linesName({ startLine, endLine }: Lines): string {
  return startLine === endLine ? String(startLine) : `${startLine} to ${endLine}`;
}

const HUNK = /^@@ -(\d+)(?:,\d+)? \+(\d+)(?:,\d+)? @@/;
const KINDS: Readonly<Record<string, DiffLine['kind']>> = { '+': 'added', '-': 'removed', ' ': 'unchanged' };

/** Every line of a hunk begins with a space, `+`, `-` or a backslash, so none can be mistaken for a hunk header. */
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
