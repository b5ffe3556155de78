import type { TextLimit } from './text-limits';

type Size = Pick<TextLimit, 'max' | 'unit'>;

/** What a vendor takes in one comment, check run or status: less by what the plugin adds, such as its marker. */
export interface AnnotationLimits {
  readonly comment: Size;
  /** Of a check run; a vendor without check runs says what it takes in their stead. */
  readonly summary: Size;
  readonly text: Size;
  /** How many a check run may have. */
  readonly annotations: number;
  /**
   * True where annotations of a check run are posted as remarks on lines. A publish request that asks for remarks as well
   * then has a check run without annotations, or each finding would be said twice.
   */
  readonly annotationsAreRemarks?: boolean;
  readonly annotationMessage: Size;
  readonly annotationTitle: Size;
  readonly statusDescription: Size;
  /** Of a remark on lines. */
  readonly inlineComment: Size;
}
