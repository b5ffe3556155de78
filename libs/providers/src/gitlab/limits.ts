import type { AnnotationLimits } from '@integrations/provider-kit';

/**
 * What GitLab takes.
 * https://docs.gitlab.com/api/notes/, https://docs.gitlab.com/administration/instance_limits/
 */
export const MAX_NOTE = 1_000_000;
/** Of a commit status. GitLab names the limit of the URL only; the other two columns are as wide. */
export const MAX_STATUS_TEXT = 255;
/** GitLab keeps 5,000 comments of a merge request; what it writes itself comes on top. */
export const MAX_PAGES = 200;
/** Our own measure: each is a request and a notification of its own. */
export const MAX_REMARKS_OF_CHECK_RUN = 50;
export const MAX_REMARKS_AT_FILES = 10;

/** Less by room for the marker, and for the lines that a remark at a file names. */
const OURS = 300;

export const LIMITS: AnnotationLimits = {
  comment: { max: MAX_NOTE - OURS, unit: 'characters' },
  // Both are in the one note of a check run.
  summary: { max: 400_000, unit: 'characters' },
  text: { max: 400_000, unit: 'characters' },
  annotations: MAX_REMARKS_OF_CHECK_RUN,
  annotationsAreRemarks: true,
  annotationMessage: { max: 65_536, unit: 'characters' },
  annotationTitle: { max: 255, unit: 'characters' },
  statusDescription: { max: MAX_STATUS_TEXT, unit: 'characters' },
  inlineComment: { max: MAX_NOTE - OURS, unit: 'characters' },
};
