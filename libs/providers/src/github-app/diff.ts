/** The fields we use of a changed file of a pull request. */
export interface ChangedFile {
  readonly filename: string;
  /** Absent for binary files, and for those whose diff is too large to be shown. */
  readonly patch?: string;
}

/** Lines of the new side, both inclusive. */
export interface Lines {
  readonly startLine: number;
  readonly endLine: number;
}

/** The nearest that a remark gets to its lines; `reason` says what it missed. */
export type Spot =
  | { readonly at: 'lines'; readonly lines: Lines; readonly reason: string | null }
  | { readonly at: 'file'; readonly reason: string }
  | { readonly at: 'nowhere'; readonly reason: string };

/** Which lines of which files a pull request shows: GitHub takes line comments on those only. */
export class Diff {
  readonly #hunks: ReadonlyMap<string, readonly Lines[]>;

  constructor(files: readonly ChangedFile[]) {
    this.#hunks = new Map(files.map(({ filename, patch }) => [filename, hunksOf(patch ?? '')]));
  }

  /** `exact`: the lines as a whole or not at all, as for a suggestion, which would replace others. */
  spotFor(path: string, { startLine, endLine }: Lines, exact: boolean): Spot {
    const hunks = this.#hunks.get(path);
    if (!hunks) return { at: 'nowhere', reason: 'the pull request does not change the file' };
    // A comment may not reach from one hunk into another.
    const hunk = hunks.find((lines) => lines.startLine <= endLine && lines.endLine >= startLine);
    if (!hunk) return { at: 'file', reason: 'the diff does not show the line' };
    const lines = { startLine: Math.max(startLine, hunk.startLine), endLine: Math.min(endLine, hunk.endLine) };
    if (lines.startLine === startLine && lines.endLine === endLine) return { at: 'lines', lines, reason: null };
    if (exact) return { at: 'file', reason: 'the diff does not show all of its lines' };
    return { at: 'lines', lines, reason: `of its lines the diff shows ${nameOf(lines)}` };
  }
}

/** `12` or `12 to 15`. */
export function nameOf({ startLine, endLine }: Lines): string {
  return startLine === endLine ? String(startLine) : `${startLine} to ${endLine}`;
}

const HUNK = /^@@ -\d+(?:,\d+)? \+(\d+)(?:,(\d+))? @@/gm;

/** The new side of each hunk. Lines of the text itself begin with a blank, `+`, `-` or a backslash. */
function hunksOf(patch: string): Lines[] {
  return [...patch.matchAll(HUNK)].flatMap(([, start, count]) => {
    const length = Number(count ?? 1);
    const startLine = Number(start);
    return length === 0 ? [] : [{ startLine, endLine: startLine + length - 1 }];
  });
}
