/** The fields we use of a changed file of a version. */
export interface ChangedFile {
  readonly old_path: string;
  readonly new_path: string;
  readonly deleted_file?: boolean;
  /** Empty for binary files, and for those whose diff is too large to be shown. */
  readonly diff?: string;
}

/** Lines of one side, both inclusive. */
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

/** The nearest that a remark gets to its lines; `reason` says what it missed. */
export type Spot =
  | {
      readonly at: 'lines';
      readonly file: ChangedFile;
      readonly lines: readonly DiffLine[];
      readonly reason: string | null;
    }
  | { readonly at: 'file'; readonly file: ChangedFile; readonly reason: string }
  | { readonly at: 'nowhere'; readonly reason: string };

type Hunk = readonly DiffLine[];

/** Which lines of which files a version of a merge request shows. */
export class Diff {
  readonly #files: ReadonlyMap<string, ChangedFile>;

  constructor(files: readonly ChangedFile[]) {
    this.#files = new Map(files.map((file) => [file.deleted_file ? file.old_path : file.new_path, file]));
  }

  /** `exact`: the lines as a whole or not at all, as for a suggestion, which would replace others. */
  spotFor(path: string, { startLine, endLine }: Lines, exact: boolean): Spot {
    const file = this.#files.get(path);
    if (!file) return { at: 'nowhere', reason: 'the merge request does not change the file' };
    // Of a file that is gone only the old side is there to be pointed at.
    const side = file.deleted_file ? 'old' : 'new';
    const within = (line: DiffLine) => line[side] >= startLine && line[side] <= endLine;
    const hunk = hunksOf(file.diff ?? '')
      .map((lines) => lines.filter(({ kind }) => kind !== (side === 'new' ? 'removed' : 'added')))
      .find((lines) => lines.some(within));
    if (!hunk) return { at: 'file', file, reason: 'the diff does not show the line' };
    const lines = hunk.filter(within);
    const [first, last] = [lines[0]![side], lines.at(-1)![side]];
    if (first === startLine && last === endLine) return { at: 'lines', file, lines, reason: null };
    if (exact) return { at: 'file', file, reason: 'the diff does not show all of its lines' };
    const shown = nameOf({ startLine: first, endLine: last });
    return { at: 'lines', file, lines, reason: `of its lines the diff shows ${shown}` };
  }
}

/** `12` or `12 to 15`. */
export function nameOf({ startLine, endLine }: Lines): string {
  return startLine === endLine ? String(startLine) : `${startLine} to ${endLine}`;
}

const HUNK = /^@@ -(\d+)(?:,\d+)? \+(\d+)(?:,\d+)? @@/;
const KINDS: Readonly<Record<string, DiffLine['kind']>> = { '+': 'added', '-': 'removed', ' ': 'unchanged' };

/** Lines of the text itself begin with a blank, `+`, `-` or a backslash. */
function hunksOf(diff: string): Hunk[] {
  const hunks: DiffLine[][] = [];
  let [old, next] = [0, 0];
  for (const line of diff.split('\n')) {
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
