import type { AnnotationLimits } from '@integrations/provider-kit';

/** For a comment, in UTF-16 units. Azure DevOps does not document this limit, but refuses longer comments. */
export const MAX_COMMENT = 150_000;
/** Our own limit for a status's name and description: Azure DevOps documents none, and shows a single line. */
export const MAX_STATUS_TEXT = 255;
/** Most pages of a list to read. */
export const MAX_PAGES = 100;
/** Our own limit: each one is a separate request and notification. */
export const MAX_REMARKS_OF_CHECK_RUN = 50;

/** Reserved for the marker. */
const RESERVED = 300;

export const LIMITS: AnnotationLimits = {
  comment: { max: MAX_COMMENT - RESERVED, unit: 'utf16_units' },
  // Summary and text share the one comment of a check run.
  summary: { max: 60_000, unit: 'characters' },
  text: { max: 60_000, unit: 'characters' },
  annotations: MAX_REMARKS_OF_CHECK_RUN,
  annotationsAreRemarks: true,
  annotationMessage: { max: 32_768, unit: 'characters' },
  annotationTitle: { max: 255, unit: 'characters' },
  statusDescription: { max: MAX_STATUS_TEXT, unit: 'characters' },
  inlineComment: { max: MAX_COMMENT - RESERVED, unit: 'utf16_units' },
};
