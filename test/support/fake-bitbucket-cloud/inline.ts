import type { FakeInline, FakePullRequest } from './world.ts';

/** The error in a position of an inline comment; null if valid. Lines must be in the diff, on the named side. */
export function judgeInline(
  { path, to, from, start_to, start_from }: FakeInline,
  { files, hidden }: FakePullRequest,
): string | null {
  const file = files.find((one) => one.path === path);
  if (!file) return 'The path is not in the diff.';
  const { added, removed } = linesOf(file.patch);
  const isShown = (line: number | null | undefined, lines: ReadonlySet<number>) => line == null || lines.has(line);
  const shown = [to, start_to].every((line) => isShown(line, added));
  if (!shown || ![from, start_from].every((line) => isShown(line, removed))) return 'The line is not in the diff.';
  const begins = start_to ?? start_from;
  if (begins != null && begins >= (to ?? from ?? 0)) return 'The range ends before it begins.';
  return to != null && hidden.includes(to) ? 'The line cannot be commented on.' : null;
}

/** The line numbers that a patch shows on its new and its old side. */
function linesOf(patch: string): { readonly added: ReadonlySet<number>; readonly removed: ReadonlySet<number> } {
  const [added, removed] = [new Set<number>(), new Set<number>()];
  let [old, next] = [0, 0];
  for (const line of patch.split('\n')) {
    const hunk = /^@@ -(\d+)(?:,\d+)? \+(\d+)/.exec(line);
    if (hunk) [old, next] = [Number(hunk[1]), Number(hunk[2])];
    else if (line.startsWith('+')) added.add(next++);
    else if (line.startsWith('-')) removed.add(old++);
    else if (line.startsWith(' ')) {
      added.add(next++);
      removed.add(old++);
    }
  }
  return { added, removed };
}
