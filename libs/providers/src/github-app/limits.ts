import { MAX_ANNOTATIONS } from '@integrations/contracts';
import type { AnnotationLimits } from '@integrations/provider-kit';

/**
 * GitHub's limits. Those of check runs are in its OpenAPI description; those of comments and statuses appear only in
 * its errors ("Body is too long (maximum is 65536 characters)").
 */
export const MAX_COMMENT = 65_536;
export const MAX_STATUS_DESCRIPTION = 140;
/** In bytes and in characters alike. */
export const MAX_OUTPUT_BYTES = 65_535;
/** Annotations per request; each request appends to the previous ones. */
export const MAX_BATCH = 50;
/** GitHub says "64 KB"; this is the smaller of its two meanings. */
export const MAX_MESSAGE_BYTES = 64_000;
export const MAX_ANNOTATION_TITLE = 255;
/** Our own limit: GitHub rejects a review as a whole, and a larger one takes longer to bisect. */
export const MAX_REVIEW_COMMENTS = 30;
/** Our own limit: each one is a separate request and notification. */
export const MAX_FILE_COMMENTS = 10;
/**
 * Files per page of a diff that GitHub refuses as too large. A pull request of 4 million lines in 24 large files among
 * others came in pages of 40, while those of 50 and 100 got a 422 each time.
 */
export const FILES_OF_LARGE_DIFF = 20;

/** Reserved for markers, and for the line numbers that a remark on a file mentions. */
const RESERVED = 300;

export const LIMITS: AnnotationLimits = {
  comment: { max: MAX_COMMENT - RESERVED, unit: 'characters' },
  summary: { max: MAX_OUTPUT_BYTES, unit: 'bytes' },
  text: { max: MAX_OUTPUT_BYTES, unit: 'bytes' },
  annotations: MAX_ANNOTATIONS,
  annotationMessage: { max: MAX_MESSAGE_BYTES, unit: 'bytes' },
  annotationTitle: { max: MAX_ANNOTATION_TITLE, unit: 'characters' },
  statusDescription: { max: MAX_STATUS_DESCRIPTION, unit: 'characters' },
  inlineComment: { max: MAX_COMMENT - RESERVED, unit: 'characters' },
};
