import type { AnnotationLimits } from '@integrations/provider-kit';

/** Bitbucket does not document the limit of a comment; this much is known to be accepted. */
export const MAX_COMMENT = 32_768;
/** For a build status. https://developer.atlassian.com/cloud/bitbucket/rest/api-group-commit-statuses/ */
export const MAX_KEY = 40;
/** Not documented; the same limit as other vendors have. */
export const MAX_STATUS_TEXT = 255;

/** For Code Insights reports. https://developer.atlassian.com/cloud/bitbucket/rest/api-group-reports/ */
export const MAX_ANNOTATIONS = 1_000;
export const ANNOTATIONS_PER_CALL = 100;
export const MAX_ANNOTATION_SUMMARY = 450;
/** For a report and for an annotation. Taken from Bitbucket Data Center, which documents both. */
export const MAX_DETAILS = 2_000;

/** Our own limit: each one is a separate request and notification. */
export const MAX_REMARKS_AT_FILES = 10;

export const PAGELEN = 100;
/** Most pages to read when searching a list. */
export const MAX_PAGES = 100;

/** Reserved for the marker, and for the line numbers that a remark on a file mentions. */
const RESERVED = 300;

export const LIMITS: AnnotationLimits = {
  comment: { max: MAX_COMMENT - RESERVED, unit: 'characters' },
  // Summary and text share the details of a report.
  summary: { max: 1_400, unit: 'characters' },
  text: { max: 500, unit: 'characters' },
  annotations: MAX_ANNOTATIONS,
  // Leaves room for the line range in front of it.
  annotationMessage: { max: MAX_DETAILS - 100, unit: 'characters' },
  annotationTitle: { max: 255, unit: 'characters' },
  statusDescription: { max: MAX_STATUS_TEXT, unit: 'characters' },
  inlineComment: { max: MAX_COMMENT - RESERVED, unit: 'characters' },
};
