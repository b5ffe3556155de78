import type { AnnotationLimits } from '@integrations/provider-kit';

/** GitLab's limits. https://docs.gitlab.com/api/notes/, https://docs.gitlab.com/administration/instance_limits/ */
export const MAX_NOTE = 1_000_000;
/** For the texts of a commit status. GitLab documents the limit of the URL only; the other two columns are as wide. */
export const MAX_STATUS_TEXT = 255;
/** GitLab keeps 5,000 comments of a merge request, in addition to those it writes itself. */
export const MAX_PAGES = 200;
/** Our own limit: each one is a separate request and notification. */
export const MAX_REMARKS_OF_CHECK_RUN = 50;
export const MAX_REMARKS_AT_FILES = 10;

/** Reserved for the marker, and for the line numbers that a remark on a file mentions. */
const RESERVED = 300;

export const LIMITS: AnnotationLimits = {
  comment: { max: MAX_NOTE - RESERVED, unit: 'characters' },
  // Summary and text share the one note of a check run.
  summary: { max: 400_000, unit: 'characters' },
  text: { max: 400_000, unit: 'characters' },
  annotations: MAX_REMARKS_OF_CHECK_RUN,
  annotationsAreRemarks: true,
  annotationMessage: { max: 65_536, unit: 'characters' },
  annotationTitle: { max: 255, unit: 'characters' },
  statusDescription: { max: MAX_STATUS_TEXT, unit: 'characters' },
  inlineComment: { max: MAX_NOTE - RESERVED, unit: 'characters' },
};
