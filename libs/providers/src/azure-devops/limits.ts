import type { AnnotationLimits } from '@integrations/provider-kit';

/** Of a comment, as .NET counts: Azure DevOps documents no limit, and refuses what is longer. */
export const MAX_COMMENT = 150_000;
/** Our own measure: Azure DevOps names no limit of what a status says and is called, and shows one line of it. */
export const MAX_STATUS_TEXT = 255;
/** Lists that do not end within so many pages are not looked through. */
export const MAX_PAGES = 100;
/** Our own measure: each is a request and a notification of its own. */
export const MAX_REMARKS_OF_CHECK_RUN = 50;

/** Less by room for the marker. */
const OURS = 300;

export const LIMITS: AnnotationLimits = {
  comment: { max: MAX_COMMENT - OURS, unit: 'utf16_units' },
  // Both are in the one comment of a check run.
  summary: { max: 60_000, unit: 'characters' },
  text: { max: 60_000, unit: 'characters' },
  annotations: MAX_REMARKS_OF_CHECK_RUN,
  annotationsAreRemarks: true,
  annotationMessage: { max: 32_768, unit: 'characters' },
  annotationTitle: { max: 255, unit: 'characters' },
  statusDescription: { max: MAX_STATUS_TEXT, unit: 'characters' },
  inlineComment: { max: MAX_COMMENT - OURS, unit: 'utf16_units' },
};
