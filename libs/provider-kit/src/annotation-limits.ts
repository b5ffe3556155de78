import type { TextLimit } from './text-limits';

type Size = Pick<TextLimit, 'max' | 'unit'>;

/** How much of our text fits in a comment, check run or status, besides what the plugin adds, such as its marker. */
export interface AnnotationLimits {
  readonly comment: Size;
  /** `summary` and `text` of a check run. A vendor without check runs gives the limits of what stands in for them. */
  readonly summary: Size;
  readonly text: Size;
  /** Maximum number of annotations of a check run. */
  readonly annotations: number;
  /**
   * True if annotations of a check run are posted as remarks on lines. A publish request that also asks for remarks
   * then gets a check run without annotations, so that no finding is shown twice.
   */
  readonly annotationsAreRemarks?: boolean;
  readonly annotationMessage: Size;
  readonly annotationTitle: Size;
  readonly statusDescription: Size;
  /** The body of a remark on lines. */
  readonly inlineComment: Size;
}
