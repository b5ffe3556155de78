import { MAX_LINE } from '@integrations/contracts';
import type { FoundIssue } from '../finding';
import type { Cursor } from './cursor';

export type Place = Pick<FoundIssue, 'path' | 'startLine' | 'endLine' | 'startColumn'>;

/** Where a region begins and ends, as SARIF and rdjson both count: the column of the end is the one behind it. */
export interface Region {
  readonly startLine: Cursor;
  readonly startColumn: Cursor;
  readonly endLine: Cursor;
  /** Null where columns say nothing. */
  readonly endColumn: Cursor | null;
}

/** Lines in a file; where there is no file of the repository, or no line, none. */
export function placeIn(path: string | null, at: Region): Place {
  const startLine = at.startLine.integer(1, MAX_LINE) ?? null;
  const endLine = at.endLine.integer(1, MAX_LINE) ?? startLine;
  // Nothing shows it: that tools count from 0, or say so for unknown, is no reason to refuse what they found.
  const column = at.startColumn.raw();
  const startColumn = typeof column === 'number' && column >= 1 ? column : null;
  if (startLine !== null && endLine !== null && endLine < startLine)
    at.endLine.fail('must not be before the line of the start');
  if (path === null || startLine === null || endLine === null)
    return { path, startLine: null, endLine: null, startColumn: null };
  // What ends before the first column of a line ends with the line before.
  const endsBefore = endLine > startLine && at.endColumn?.raw() === 1;
  return { path, startLine, endLine: endsBefore ? endLine - 1 : endLine, startColumn };
}
