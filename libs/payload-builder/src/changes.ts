import type { PublishedChanges } from '@integrations/contracts';
import type { Finding, ScanReport } from './finding';

/** The new findings, and the number of fixed ones, compared with the previous run. */
export interface Changes {
  /** Fingerprints of the new findings. */
  readonly fresh: ReadonlySet<string>;
  readonly counts: PublishedChanges;
}

/**
 * Compares with the previous run, whose fingerprints are `previous`. If they are null, uses the scanner's own
 * comparison. Null if there is neither, or if the scan is incomplete: a finding that it does not report may not be
 * fixed.
 */
export function compareRuns(
  { findings, gone, incomplete }: ScanReport,
  previous: ReadonlySet<string> | null,
): Changes | null {
  if (incomplete) return null;
  if (previous) {
    const fresh = findings.filter(({ fingerprint }) => !previous.has(fingerprint));
    const unchanged = findings.length - fresh.length;
    return changesOf(fresh, { unchanged, fixed: previous.size - unchanged });
  }
  if (gone === 0 && !findings.some(({ baseline }) => baseline !== null)) return null;
  const fresh = findings.filter(({ baseline }) => baseline !== 'unchanged');
  return changesOf(fresh, { unchanged: findings.length - fresh.length, fixed: gone });
}

function changesOf(fresh: readonly Finding[], rest: Omit<PublishedChanges, 'new'>): Changes {
  return { fresh: new Set(fresh.map(({ fingerprint }) => fingerprint)), counts: { new: fresh.length, ...rest } };
}
