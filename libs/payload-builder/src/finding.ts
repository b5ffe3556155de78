import type { PolicyVerdict, Severity } from '@integrations/contracts';

/** Another place in the code that a finding refers to: a step of a data flow, or the other half of a contradiction. */
export interface RelatedPlace {
  readonly path: string;
  readonly line: number | null;
  readonly text: string | null;
}

/** A finding as read from any source. Its texts are raw: code that shows them must clean and escape them. */
export interface FoundIssue {
  readonly ruleId: string;
  readonly severity: Severity;
  /** One line. */
  readonly title: string;
  readonly message: string;
  /** Relative to the repository root; null if the finding is in no file of the repository. */
  readonly path: string | null;
  /**
   * Counted from 1; null if the finding concerns the whole file. Then `endLine` is null too; else it is not smaller.
   */
  readonly startLine: number | null;
  readonly endLine: number | null;
  readonly startColumn: number | null;
  readonly helpUri: string | null;
  /** Such as CWE-79 and CVE-2024-3094. */
  readonly identifiers: readonly string[];
  readonly package: string | null;
  readonly fixedVersion: string | null;
  readonly suggestion: string | null;
  readonly related: readonly RelatedPlace[];
  /** The scanner's own identity for the finding across runs. */
  readonly ownFingerprint: string | null;
  /** The scanner's own comparison with the previous run. */
  readonly baseline: 'new' | 'unchanged' | null;
}

export interface Finding extends FoundIssue {
  /** Unique within a report. Stays the same across runs, even if the finding moves within its file. */
  readonly fingerprint: string;
}

export interface Evidence {
  readonly artifact?: string | undefined;
  readonly digest?: string | undefined;
  readonly policyVerdict?: PolicyVerdict | undefined;
  readonly policyName?: string | undefined;
  readonly verifyCommand?: string | undefined;
  readonly reportUrl?: string | undefined;
}

/** The content of a source, ready to be shown. */
export interface ScanReport {
  /** Most severe first. The order does not depend on the order in the source. */
  readonly findings: readonly Finding[];
  /** Number of results that the scanner marked as suppressed. */
  readonly suppressed: number;
  /** Number of results that the scanner reports as gone since the previous run. */
  readonly gone: number;
  /** True if the scan did not complete, so there may be more findings. */
  readonly incomplete: boolean;
  /** Number of errors during the scan. There may be more findings where they occurred. */
  readonly errors: number;
  readonly evidence: Evidence;
}

/** Defaults for the fields that most findings lack. */
export const NOTHING_MORE = {
  path: null,
  startLine: null,
  endLine: null,
  startColumn: null,
  helpUri: null,
  identifiers: [],
  package: null,
  fixedVersion: null,
  suggestion: null,
  related: [],
  ownFingerprint: null,
  baseline: null,
} as const satisfies Omit<FoundIssue, 'ruleId' | 'severity' | 'title' | 'message'>;
