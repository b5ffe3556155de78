import { MAX_LINE } from '@integrations/contracts';
import type { FoundIssue } from '../finding';
import type { Cursor } from './cursor';

export type Place = Pick<FoundIssue, 'path' | 'startLine' | 'endLine' | 'startColumn'>;

/** Lines in a file; where there is no file of the repository, or no line, none. */
export function placeIn(
  path: string | null,
  at: { readonly start: Cursor; readonly end: Cursor; readonly column: Cursor },
): Place {
  const startLine = at.start.integer(1, MAX_LINE) ?? null;
  const endLine = at.end.integer(1, MAX_LINE) ?? startLine;
  const startColumn = at.column.integer(1) ?? null;
  if (startLine !== null && endLine !== null && endLine < startLine)
    at.end.fail('must not be before the line of the start');
  if (path === null || startLine === null) return { path, startLine: null, endLine: null, startColumn: null };
  return { path, startLine, endLine, startColumn };
}
