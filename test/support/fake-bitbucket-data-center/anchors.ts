import { isSince } from './routes.ts';
import type { FakeAnchor, FakeChangedFile, FakePullRequest } from './world.ts';

interface Line {
  readonly old: number;
  readonly next: number;
  readonly type: 'ADDED' | 'REMOVED' | 'CONTEXT';
}

/** The error in an anchor at a file of the diff; null if valid. */
export function judgeAnchor(anchor: FakeAnchor, { files, hidden }: FakePullRequest): string | null {
  const file = files.find(({ path }) => path === anchor.path)!;
  if ((anchor.srcPath ?? anchor.path) !== (file.srcPath ?? file.path)) return 'The srcPath is not that of the diff.';
  if (anchor.line === undefined) return null;
  const lines = linesOf(file);
  const side = anchor.fileType === 'FROM' ? 'old' : 'next';
  if ((anchor.lineType === 'REMOVED') !== (side === 'old') && anchor.lineType !== 'CONTEXT') return 'Wrong fileType.';
  const isShown = (number: number, type: string | undefined) =>
    lines.some((line) => line[side] === number && line.type === type);
  if (!isShown(anchor.line, anchor.lineType) || hidden.includes(anchor.line)) return 'The line is not in the diff.';
  const { multilineMarker: marker, multilineSpan: span } = anchor;
  if (!marker !== !span) return 'The span of lines is incomplete.';
  if (!marker) return null;
  const prefix = side === 'old' ? 'src' : 'dst';
  const isSpan = span![`${prefix}SpanStart`] === marker.startLine && span![`${prefix}SpanEnd`] === anchor.line;
  const begins = marker.startLine < anchor.line && isShown(marker.startLine, marker.startLineType);
  return isSpan && begins ? null : 'The span of lines is not in the diff.';
}

/** The anchor as stored: versions before 9.2 ignore spans. */
export function keptOf({ multilineMarker, multilineSpan, ...anchor }: FakeAnchor, version: string): FakeAnchor {
  if (!multilineMarker || !multilineSpan || !isSince(version, '9.2')) return anchor;
  return { ...anchor, multilineMarker, multilineSpan };
}

function linesOf({ patch }: FakeChangedFile): Line[] {
  const types = { '+': 'ADDED', '-': 'REMOVED', ' ': 'CONTEXT' } as const;
  const lines: Line[] = [];
  let [old, next] = [0, 0];
  for (const text of patch.split('\n')) {
    const hunk = /^@@ -(\d+)(?:,\d+)? \+(\d+)/.exec(text);
    if (hunk) [old, next] = [Number(hunk[1]), Number(hunk[2])];
    const type = types[text.charAt(0) as keyof typeof types];
    if (hunk || !type) continue;
    lines.push({ old, next, type });
    if (type !== 'ADDED') old += 1;
    if (type !== 'REMOVED') next += 1;
  }
  return lines;
}
