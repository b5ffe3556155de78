import type { PolicyVerdict, Severity } from '@integrations/contracts';

/** A place in the code beside the one that the finding is at: a step of a flow, or the other half of a contradiction. */
export interface RelatedPlace {
  readonly path: string;
  readonly line: number | null;
  readonly text: string | null;
}

/** A finding of any source as it was read. Its texts are raw: whatever shows one cleans and escapes it. */
export interface FoundIssue {
  readonly ruleId: string;
  readonly severity: Severity;
  /** One line. */
  readonly title: string;
  readonly message: string;
  /** Relative to the root of the repository; null for what is in no file of it. */
  readonly path: string | null;
  /** Counted from 1; null for what concerns the whole file. `endLine` is null with it and never before it. */
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
  /** By which the scanner knows it again. */
  readonly ownFingerprint: string | null;
  /** What the scanner itself says about the run before. */
  readonly baseline: 'new' | 'unchanged' | null;
}

export interface Finding extends FoundIssue {
  /** The same from run to run, wherever in its file the finding is; distinct within a report. */
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

/** What a source says, ready to be shown. */
export interface ScanReport {
  /** The gravest first; the same findings are in the same order, however the source orders them. */
  readonly findings: readonly Finding[];
  /** How many the scanner marked as suppressed. */
  readonly suppressed: number;
  /** How many the scanner says are no more. */
  readonly gone: number;
  /** The scanner did not run to its end: there may be more. */
  readonly incomplete: boolean;
  /** How many errors it met on the way: there may be more where it met them. */
  readonly errors: number;
  readonly evidence: Evidence;
}

/** What is absent in most findings. */
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
