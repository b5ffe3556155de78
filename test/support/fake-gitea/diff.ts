/** Whether a diff shows a line of a file: of the new side or, if `line` is negative, of the old side. */
export function shows(diff: string, path: string, line: number): boolean {
  let [file, old, next] = ['', 0, 0];
  for (const text of diff.split('\n')) {
    const header = /^diff --git a\/.* b\/(.*)$/.exec(text);
    if (header) file = header[1]!;
    const hunk = /^@@ -(\d+)(?:,\d+)? \+(\d+)/.exec(text);
    if (hunk) [old, next] = [Number(hunk[1]), Number(hunk[2])];
    if (header || hunk || file !== path || old + next === 0) continue;
    const mark = text.charAt(0);
    if (line > 0 ? mark !== '-' && next === line : mark !== '+' && old === -line) return true;
    if (mark !== '+') old += 1;
    if (mark !== '-') next += 1;
  }
  return false;
}
