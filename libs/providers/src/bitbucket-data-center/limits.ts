import type { AnnotationLimits } from '@integrations/provider-kit';

/**
 * What Bitbucket takes. It counts UTF-16 units, of which a text never has more than bytes.
 * https://developer.atlassian.com/server/bitbucket/rest/v902/
 */
export const MAX_COMMENT_BYTES = 32_767;
/** Of a build status: key, name and description. */
export const MAX_STATUS_TEXT = 255;
export const MAX_STATUS_URL = 450;
/** Of a report. An administrator may allow fewer or more. */
export const MAX_ANNOTATIONS = 1_000;
export const MAX_DETAILS_BYTES = 2_000;
export const MAX_MESSAGE_BYTES = 2_000;

/** Bitbucket gives up to 500 activities at once, each with its whole thread: more than an answer may be large. */
export const PAGE_SIZE = 100;
/** Our own measure: a pull request with so many activities is beyond people as well. */
export const MAX_PAGES = 200;
/** Our own measure: each is a request and a notification of its own. */
export const MAX_REMARKS_AT_FILES = 10;

/** Less by room for the marker, and for the lines that a remark at a file names. */
const OURS = 300;

export const LIMITS: AnnotationLimits = {
  comment: { max: MAX_COMMENT_BYTES - OURS, unit: 'bytes' },
  // Both are in the details of a report, which also name what is left out.
  summary: { max: 1_700, unit: 'bytes' },
  text: { max: 100, unit: 'bytes' },
  annotations: MAX_ANNOTATIONS,
  // Title and message are one text.
  annotationMessage: { max: 1_700, unit: 'bytes' },
  annotationTitle: { max: 255, unit: 'bytes' },
  statusDescription: { max: MAX_STATUS_TEXT, unit: 'bytes' },
  inlineComment: { max: MAX_COMMENT_BYTES - OURS, unit: 'bytes' },
};
