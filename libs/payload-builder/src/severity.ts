import { type AnnotationLevel, type FailOn, SEVERITIES, type Severity } from '@integrations/contracts';
import type { Finding, ScanReport } from './finding';

export type SeverityCounts = Readonly<Record<Severity, number>>;

const RANKS = Object.fromEntries(SEVERITIES.map((severity, rank) => [severity, rank])) as Record<Severity, number>;

export const LEVELS: Readonly<Record<Severity, AnnotationLevel>> = {
  critical: 'failure',
  high: 'failure',
  medium: 'warning',
  low: 'notice',
  info: 'notice',
  none: 'notice',
};

/** 0 for the most severe. */
export function rankOf(severity: Severity): number {
  return RANKS[severity];
}

export function countBySeverity(findings: readonly Pick<Finding, 'severity'>[]): SeverityCounts {
  const counts = Object.fromEntries(SEVERITIES.map((severity) => [severity, 0])) as Record<Severity, number>;
  for (const { severity } of findings) counts[severity] += 1;
  return counts;
}

/** `2 critical, 1 low`; empty if there are none. */
export function describeCounts(counts: SeverityCounts): string {
  return SEVERITIES.filter((severity) => counts[severity] > 0)
    .map((severity) => `${counts[severity]} ${severity}`)
    .join(', ');
}

/** `2 scanner errors`; empty if there were none. */
export function describeErrorsMet(errors: number): string {
  if (errors === 0) return '';
  return errors === 1 ? '1 scanner error' : `${errors} scanner errors`;
}

/**
 * A policy verdict of `fail` always fails. Unless `failOn` is `never`, a finding of at least that severity fails, and
 * so does an incomplete scan, because it may have missed such a finding.
 */
export function conclude(
  counts: SeverityCounts,
  { evidence: { policyVerdict }, incomplete }: Pick<ScanReport, 'evidence' | 'incomplete'>,
  failOn: FailOn = policyVerdict ? 'never' : 'high',
): 'success' | 'failure' {
  if (policyVerdict === 'fail') return 'failure';
  if (failOn === 'never') return 'success';
  if (incomplete) return 'failure';
  const fails = SEVERITIES.some((severity) => counts[severity] > 0 && rankOf(severity) <= rankOf(failOn));
  return fails ? 'failure' : 'success';
}
