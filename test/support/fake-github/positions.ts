import type { GitHubRefusal } from './answer.ts';
import type { FakePull } from './world.ts';

/** A requested comment, in a review or on its own. */
export interface WantedComment {
  readonly path: string;
  readonly body: string;
  readonly line?: number;
  readonly side?: 'LEFT' | 'RIGHT';
  readonly start_line?: number;
  readonly start_side?: 'LEFT' | 'RIGHT';
  readonly subject_type?: 'line' | 'file';
  readonly commit_id?: string;
}

/** Throws the error that `refuse` builds from GitHub's message if the diff does not show the position of a comment. */
export function requireShown(pull: FakePull, wanted: WantedComment, refuse: (what: string) => GitHubRefusal): void {
  const file = pull.files.find(({ filename }) => filename === wanted.path);
  if (!file) throw refuse('Path could not be resolved');
  if (wanted.subject_type === 'file') return;
  const { line, side = 'RIGHT', start_line: start, start_side: startSide = side } = wanted;
  const hunks = linesOf(file.patch ?? '');
  const hunk = hunks.find((shown) => line !== undefined && shown[side].has(line) && !pull.hidden.includes(line));
  if (!hunk) throw refuse('Pull request review thread line must be part of the diff');
  if (start === undefined) return;
  if (start >= line!) throw refuse('Pull request review thread start line must precede the end line.');
  if (!hunk[startSide].has(start)) {
    throw refuse('Pull request review thread start line must be part of the same hunk as the line.');
  }
}

interface Shown {
  readonly LEFT: Set<number>;
  readonly RIGHT: Set<number>;
}

/** The numbered lines of each hunk. */
function linesOf(patch: string): Shown[] {
  const hunks: Shown[] = [];
  let left = 0;
  let right = 0;
  for (const line of patch.split('\n')) {
    const header = /^@@ -(\d+)(?:,\d+)? \+(\d+)(?:,\d+)? @@/.exec(line);
    const hunk = hunks.at(-1);
    if (header) {
      left = Number(header[1]);
      right = Number(header[2]);
      hunks.push({ LEFT: new Set(), RIGHT: new Set() });
    } else if (hunk && !line.startsWith('\\')) {
      if (!line.startsWith('+')) hunk.LEFT.add(left++);
      if (!line.startsWith('-')) hunk.RIGHT.add(right++);
    }
  }
  return hunks;
}
