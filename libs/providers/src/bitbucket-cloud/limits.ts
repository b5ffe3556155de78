import type { AnnotationLimits } from '@integrations/provider-kit';

/** Bitbucket does not say what it takes of a comment; this much is known to pass. */
export const MAX_COMMENT = 32_768;
/** Of a build status. https://developer.atlassian.com/cloud/bitbucket/rest/api-group-commit-statuses/ */
export const MAX_KEY = 40;
/** Not documented: as much as others take. */
export const MAX_STATUS_TEXT = 255;

/**
 * Of Code Insights.
 * https://developer.atlassian.com/cloud/bitbucket/rest/api-group-reports/
 */
export const MAX_ANNOTATIONS = 1_000;
export const ANNOTATIONS_PER_CALL = 100;
export const MAX_ANNOTATION_SUMMARY = 450;
/** Of a report and of an annotation; what Bitbucket Data Center documents for both. */
export const MAX_DETAILS = 2_000;

/** Our own measure: each is a request and a notification of its own. */
export const MAX_REMARKS_AT_FILES = 10;

export const PAGELEN = 100;
/** Of a list that we look something up in. */
export const MAX_PAGES = 100;

/** Room for the marker, and for the lines that a remark at a file names. */
const OURS = 300;

export const LIMITS: AnnotationLimits = {
  comment: { max: MAX_COMMENT - OURS, unit: 'characters' },
  // Both are in the details of a report.
  summary: { max: 1_400, unit: 'characters' },
  text: { max: 500, unit: 'characters' },
  annotations: MAX_ANNOTATIONS,
  // Below the lines that it concerns.
  annotationMessage: { max: MAX_DETAILS - 100, unit: 'characters' },
  annotationTitle: { max: 255, unit: 'characters' },
  statusDescription: { max: MAX_STATUS_TEXT, unit: 'characters' },
  inlineComment: { max: MAX_COMMENT - OURS, unit: 'characters' },
};
