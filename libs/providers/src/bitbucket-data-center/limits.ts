import type { AnnotationLimits } from '@integrations/provider-kit';

/**
 * Bitbucket's limits. It counts UTF-16 units, and we count bytes: a text never has more units than bytes.
 * https://developer.atlassian.com/server/bitbucket/rest/v902/
 */
export const MAX_COMMENT_BYTES = 32_767;
/** For the key, the name and the description of a build status. */
export const MAX_STATUS_TEXT = 255;
export const MAX_STATUS_URL = 450;
/** For a report. An administrator may allow fewer or more. */
export const MAX_ANNOTATIONS = 1_000;
export const MAX_DETAILS_BYTES = 2_000;
export const MAX_MESSAGE_BYTES = 2_000;

/**
 * Bitbucket's pages hold up to 500 activities, each with its whole thread, which could exceed our limit for an answer.
 */
export const PAGE_SIZE = 100;
/** Our own limit: a pull request with more activities is too much for people as well. */
export const MAX_PAGES = 200;
/** Our own limit: each one is a separate request and notification. */
export const MAX_REMARKS_AT_FILES = 10;

/** Reserved for the marker, and for the line numbers that a remark on a file mentions. */
const RESERVED = 300;

export const LIMITS: AnnotationLimits = {
  comment: { max: MAX_COMMENT_BYTES - RESERVED, unit: 'bytes' },
  // Summary and text share the details of a report, which also mention what is left out.
  summary: { max: 1_700, unit: 'bytes' },
  text: { max: 100, unit: 'bytes' },
  annotations: MAX_ANNOTATIONS,
  // Title and message form one text.
  annotationMessage: { max: 1_700, unit: 'bytes' },
  annotationTitle: { max: 255, unit: 'bytes' },
  statusDescription: { max: MAX_STATUS_TEXT, unit: 'bytes' },
  inlineComment: { max: MAX_COMMENT_BYTES - RESERVED, unit: 'bytes' },
};
