import type { AnnotationLimits } from '@integrations/provider-kit';

/** Limits for a plugin that declares none: the smallest of GitHub, GitLab, Bitbucket and Azure DevOps. */
export const COMMON_LIMITS: AnnotationLimits = {
  comment: { max: 30_000, unit: 'characters' },
  summary: { max: 30_000, unit: 'bytes' },
  text: { max: 30_000, unit: 'bytes' },
  annotations: 1_000,
  annotationMessage: { max: 2_000, unit: 'bytes' },
  annotationTitle: { max: 255, unit: 'characters' },
  statusDescription: { max: 140, unit: 'characters' },
  inlineComment: { max: 30_000, unit: 'characters' },
};
