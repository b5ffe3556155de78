import { MAX_LINE } from '@integrations/contracts';
import type { FoundIssue } from '../finding';
import type { Cursor } from './cursor';

export type Place = Pick<FoundIssue, 'path' | 'startLine' | 'endLine' | 'startColumn'>;

/** A region as both SARIF and rdjson count it: the end column is the one after the last character. */
export interface Region {
  readonly startLine: Cursor;
  readonly startColumn: Cursor;
  readonly endLine: Cursor;
  /** Null if the tool's columns carry no information. */
  readonly endColumn: Cursor | null;
}

/** The lines of a region; null without a file of the repository or without a line. */
export function placeIn(path: string | null, at: Region): Place {
  const startLine = at.startLine.integer(1, MAX_LINE) ?? null;
  const endLine = at.endLine.integer(1, MAX_LINE) ?? startLine;
  // Columns are not shown, so do not refuse findings of tools that count from 0 or use 0 for unknown.
  const column = at.startColumn.raw();
  const startColumn = typeof column === 'number' && column >= 1 ? column : null;
  if (startLine !== null && endLine !== null && endLine < startLine) at.endLine.fail('must not be before startLine');
  if (path === null || startLine === null || endLine === null)
    return { path, startLine: null, endLine: null, startColumn: null };
  // A region that ends before the first column of a line ends with the previous line.
  const endsBefore = endLine > startLine && at.endColumn?.raw() === 1;
  return { path, startLine, endLine: endsBefore ? endLine - 1 : endLine, startColumn };
}
