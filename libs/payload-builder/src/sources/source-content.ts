import type { FoundIssue, ScanReport } from '../finding';

/** What a source holds: as in the report that is made of it. */
export interface SourceContent extends Omit<ScanReport, 'findings'> {
  readonly issues: readonly FoundIssue[];
}

export const NOTHING_SAID = { suppressed: 0, gone: 0, incomplete: false, errors: 0, evidence: {} } as const;
