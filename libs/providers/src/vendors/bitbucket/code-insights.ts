import type { AnnotationLevel, ScmCheckRunAnnotation } from '@integrations/contracts';

/** Whom a Code Insights report names as its author. */
export const REPORTER = 'Integrations';

export const SEVERITIES = {
  failure: 'HIGH',
  warning: 'MEDIUM',
  notice: 'LOW',
} as const satisfies Record<AnnotationLevel, string>;

export type ReportSeverity = (typeof SEVERITIES)[AnnotationLevel];

/** A number that a report shows. */
export interface ReportNumber {
  readonly title: string;
  readonly type: 'NUMBER';
  readonly value: number;
}

const COUNTED: readonly (readonly [AnnotationLevel, string])[] = [
  ['failure', 'Failures'],
  ['warning', 'Warnings'],
  ['notice', 'Notices'],
];

/** How many annotations there are of each level. */
export function countsOf(annotations: readonly ScmCheckRunAnnotation[]): readonly ReportNumber[] {
  return COUNTED.map(([level, title]) => ({
    ...{ title, type: 'NUMBER' },
    value: annotations.filter(({ annotationLevel }) => annotationLevel === level).length,
  }));
}
