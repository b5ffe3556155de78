import type { PublishedChanges } from '@integrations/contracts';
import type { Finding, ScanReport } from './finding';

/** Which findings are new, and how many are fixed, beside the run before. */
export interface Changes {
  /** By fingerprint. */
  readonly fresh: ReadonlySet<string>;
  readonly counts: PublishedChanges;
}

/**
 * `previous`: the fingerprints of the run before. Where they are not known, what the scanner itself says of it; null if
 * neither is, and of a scan that did not run to its end: what it does not report is not fixed.
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
