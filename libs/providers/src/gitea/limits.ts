import type { AnnotationLimits } from '@integrations/provider-kit';

/** Our own limits, with readers in mind: Gitea documents none, and its database columns hold more. */
export const MAX_COMMENT = 1_000_000;
export const MAX_STATUS_TEXT = 255;
/** Most pages of a list to read; a longer list would be the result of a mistake. */
export const MAX_PAGES = 200;
export const MAX_REMARKS_OF_CHECK_RUN = 50;

/** Reserved for the marker, and for the line numbers that a remark mentions. */
const RESERVED = 300;

export const LIMITS: AnnotationLimits = {
  comment: { max: MAX_COMMENT - RESERVED, unit: 'characters' },
  // Summary and text share the one comment of a check run.
  summary: { max: 400_000, unit: 'characters' },
  text: { max: 400_000, unit: 'characters' },
  annotations: MAX_REMARKS_OF_CHECK_RUN,
  annotationsAreRemarks: true,
  annotationMessage: { max: 65_536, unit: 'characters' },
  annotationTitle: { max: 255, unit: 'characters' },
  statusDescription: { max: MAX_STATUS_TEXT, unit: 'characters' },
  inlineComment: { max: MAX_COMMENT - RESERVED, unit: 'characters' },
};
