import type { DiffFile } from './unified-diff';

const HUNK = /^@@ -\d+(?:,(\d+))? \+\d+(?:,(\d+))? @@/;
/** The prefixes of file names in Git's own diffs and in those of Bitbucket Data Center. */
const PREFIX = /^(?:[ab]\/|(?:src|dst):\/\/)/;
const DEV_NULL = '/dev/null';

interface Draft {
  path: string;
  oldPath: string;
  isDeleted: boolean;
  readonly hunks: string[];
}

/** Parses the output of `git diff`, which some vendors return unchanged. https://git-scm.com/docs/diff-format */
export function parseGitDiff(text: string): DiffFile[] {
  const files: Draft[] = [];
  let [oldLeft, newLeft] = [0, 0];
  for (const line of text.split('\n')) {
    const file = files.at(-1);
    if (file && (oldLeft > 0 || newLeft > 0)) {
      // A removed line within a hunk may look like `--- a/file`, so only the hunk's length tells where it ends.
      file.hunks.push(line);
      const sign = line.charAt(0);
      if (sign !== '+' && sign !== '\\') oldLeft -= 1;
      if (sign !== '-' && sign !== '\\') newLeft -= 1;
      continue;
    }
    const hunk = HUNK.exec(line);
    if (file && hunk) {
      [oldLeft, newLeft] = [Number(hunk[1] ?? 1), Number(hunk[2] ?? 1)];
      file.hunks.push(line);
    } else if (line.startsWith('diff --git ')) {
      files.push(draftOf(line.slice('diff --git '.length)));
    } else if (file) {
      noteHeader(file, line);
    }
  }
  return files.map(({ hunks, ...file }) => ({ ...file, patch: hunks.join('\n') }));
}

/** Reads a line between a file's `diff --git` line and its hunks. */
function noteHeader(file: Draft, line: string): void {
  const [, key, value = ''] =
    /^(---|\+\+\+|rename from|rename to|copy from|copy to|deleted file mode) (.*)$/.exec(line) ?? [];
  if (key === 'deleted file mode') file.isDeleted = true;
  if (key === '---' && value !== DEV_NULL) file.oldPath = withoutPrefix(value);
  if (key === '+++' && value !== DEV_NULL) file.path = withoutPrefix(value);
  if (key === '+++' && value === DEV_NULL) file.isDeleted = true;
  if (key === 'rename from' || key === 'copy from') file.oldPath = unquoted(value);
  if (key === 'rename to' || key === 'copy to') file.path = unquoted(value);
}

/** From `a/x b/x`. Counts only if no later line names the file; then both names are the same. */
function draftOf(names: string): Draft {
  const second = names.startsWith('"') ? names.slice(names.indexOf('" ') + 2) : names.slice((names.length + 1) / 2);
  const path = withoutPrefix(second);
  return { path, oldPath: path, isDeleted: false, hunks: [] };
}

/** Git appends a tab to names that contain spaces. */
function withoutPrefix(name: string): string {
  return unquoted(name.replace(/\t$/, '')).replace(PREFIX, '');
}

const ESCAPES: Readonly<Record<string, string>> = { n: '\n', t: '\t', r: '\r', a: '\x07', b: '\b', f: '\f', v: '\v' };

/** Git quotes names with unusual characters and writes their bytes in octal: `"b/\303\244.ts"`. */
function unquoted(name: string): string {
  if (!/^".*"$/.test(name)) return name;
  const bytes = name.slice(1, -1).replace(/\\([0-7]{3}|.)|[^\\]+/gu, (part, escaped?: string) => {
    if (escaped === undefined) return Buffer.from(part).toString('latin1');
    return escaped.length === 3 ? String.fromCharCode(parseInt(escaped, 8)) : (ESCAPES[escaped] ?? escaped);
  });
  return Buffer.from(bytes, 'latin1').toString();
}
