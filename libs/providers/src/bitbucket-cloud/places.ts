import type { DiffFile, DiffLine } from '@integrations/provider-kit';

/**
 * Where a comment goes: on the last of its lines, on the new side of the diff or, in a deleted file, on the old side.
 * It goes on the file if it names no line. https://developer.atlassian.com/cloud/bitbucket/rest/api-group-pullrequests/
 */
export interface Place {
  readonly path: string;
  readonly to?: number;
  readonly start_to?: number;
  readonly from?: number;
  readonly start_from?: number;
}

export function atLines({ path, isDeleted }: DiffFile, lines: readonly [DiffLine, ...DiffLine[]]): Place {
  const [first] = lines;
  const last = lines.at(-1) ?? first;
  const isRange = first !== last;
  if (isDeleted) return { path, from: last.old, ...(isRange ? { start_from: first.old } : {}) };
  return { path, to: last.new, ...(isRange ? { start_to: first.new } : {}) };
}
