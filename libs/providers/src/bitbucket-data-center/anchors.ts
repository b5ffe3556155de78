import type { DiffFile, DiffLine } from '@integrations/provider-kit';

type LineType = 'ADDED' | 'REMOVED' | 'CONTEXT';

/**
 * Where a comment is in the diff. https://developer.atlassian.com/server/bitbucket/rest/v902/api-group-pull-requests/
 */
export interface Anchor {
  readonly path: string;
  /** The file's earlier path, if it was renamed. */
  readonly srcPath?: string;
  /** The diff that the pull request shows, which changes with each push. */
  readonly diffType: 'EFFECTIVE';
  readonly line?: number;
  readonly lineType?: LineType;
  readonly fileType?: 'FROM' | 'TO';
  /** Versions before 9.2 ignore spans; the comment then goes on the last line. */
  readonly multilineMarker?: { readonly startLine: number; readonly startLineType: LineType };
  readonly multilineSpan?: Readonly<Record<string, number>>;
}

const LINE_TYPES: Readonly<Record<DiffLine['kind'], LineType>> = {
  added: 'ADDED',
  removed: 'REMOVED',
  unchanged: 'CONTEXT',
};

export function atFile({ path, oldPath }: DiffFile): Anchor {
  return { path, ...(oldPath === path ? {} : { srcPath: oldPath }), diffType: 'EFFECTIVE' };
}

/** The anchor at the last of the lines, with a span over all of them. */
export function atLines(file: DiffFile, lines: readonly [DiffLine, ...DiffLine[]]): Anchor {
  const [first] = lines;
  const last = lines.at(-1) ?? first;
  // A deleted file has only the old side.
  const [side, fileType, span] = file.isDeleted ? (['old', 'FROM', 'src'] as const) : (['new', 'TO', 'dst'] as const);
  return {
    ...atFile(file),
    ...{ line: last[side], lineType: LINE_TYPES[last.kind], fileType },
    ...(first === last
      ? {}
      : {
          multilineMarker: { startLine: first[side], startLineType: LINE_TYPES[first.kind] },
          multilineSpan: { [`${span}SpanStart`]: first[side], [`${span}SpanEnd`]: last[side] },
        }),
  };
}
