import type { AnnotationLimits } from '@integrations/provider-kit';

/** Gitea names no limits, and its columns hold more: these are our own measure, for those who read it. */
export const MAX_COMMENT = 1_000_000;
export const MAX_STATUS_TEXT = 255;
/** Of lists; more is a mistake of somebody's. */
export const MAX_PAGES = 200;
export const MAX_REMARKS_OF_CHECK_RUN = 50;

/** Less by room for the marker, and for the lines that a remark names. */
const OURS = 300;

export const LIMITS: AnnotationLimits = {
  comment: { max: MAX_COMMENT - OURS, unit: 'characters' },
  // Both are in the one comment of a check run.
  summary: { max: 400_000, unit: 'characters' },
  text: { max: 400_000, unit: 'characters' },
  annotations: MAX_REMARKS_OF_CHECK_RUN,
  annotationsAreRemarks: true,
  annotationMessage: { max: 65_536, unit: 'characters' },
  annotationTitle: { max: 255, unit: 'characters' },
  statusDescription: { max: MAX_STATUS_TEXT, unit: 'characters' },
  inlineComment: { max: MAX_COMMENT - OURS, unit: 'characters' },
};
