import { MAX_ANNOTATIONS } from '@integrations/contracts';
import type { AnnotationLimits } from '@integrations/provider-kit';

/**
 * What GitHub takes. Its OpenAPI description holds the limits of check runs; those of comments and statuses are told
 * only by its errors ("Body is too long (maximum is 65536 characters)").
 */
export const MAX_COMMENT = 65_536;
export const MAX_STATUS_DESCRIPTION = 140;
/** Bytes as well as characters. */
export const MAX_OUTPUT_BYTES = 65_535;
/** Annotations in one request; each request appends to those of the ones before. */
export const MAX_BATCH = 50;
/** "64 KB", taken for the smaller of its two meanings. */
export const MAX_MESSAGE_BYTES = 64_000;
export const MAX_ANNOTATION_TITLE = 255;
/** Our own measure: a review is all or nothing, and a larger one takes longer to bisect. */
export const MAX_REVIEW_COMMENTS = 30;
/** Our own measure: each is a request and a notification of its own. */
export const MAX_FILE_COMMENTS = 10;

/** Less by room for markers, and for the lines that a remark at a file names. */
const OURS = 300;

export const LIMITS: AnnotationLimits = {
  comment: { max: MAX_COMMENT - OURS, unit: 'characters' },
  summary: { max: MAX_OUTPUT_BYTES, unit: 'bytes' },
  text: { max: MAX_OUTPUT_BYTES, unit: 'bytes' },
  annotations: MAX_ANNOTATIONS,
  annotationMessage: { max: MAX_MESSAGE_BYTES, unit: 'bytes' },
  annotationTitle: { max: MAX_ANNOTATION_TITLE, unit: 'characters' },
  statusDescription: { max: MAX_STATUS_DESCRIPTION, unit: 'characters' },
  inlineComment: { max: MAX_COMMENT - OURS, unit: 'characters' },
};
