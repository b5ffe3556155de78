import type { FoundIssue, ScanReport } from '../finding';

/** The content of a source, with the fields of the report made from it. */
export interface SourceContent extends Omit<ScanReport, 'findings'> {
  readonly issues: readonly FoundIssue[];
}

export const NOTHING_SAID = { suppressed: 0, gone: 0, incomplete: false, errors: 0, evidence: {} } as const;
