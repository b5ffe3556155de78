import { hash } from 'node:crypto';
import type { Finding, FoundIssue } from './finding';
import { rankOf } from './severity';

/** 16 characters are 96 bits, enough to rule out collisions within a repository. */
const LENGTH = 16;

/** The findings with fingerprints, in the order in which they are shown. */
export function fingerprinted(issues: readonly FoundIssue[]): Finding[] {
  const seen = new Map<string, number>();
  return [...issues].sort(byImportance).map((issue) => {
    const basis = basisOf(issue);
    const occurrence = (seen.get(basis) ?? 0) + 1;
    seen.set(basis, occurrence);
    return { ...issue, fingerprint: hash('sha256', `${basis}\n${occurrence}`, 'base64url').slice(0, LENGTH) };
  });
}

/** The input of the fingerprint. Findings of one rule in one file differ by message; equal ones are numbered. */
function basisOf({ ruleId, path, package: name, ownFingerprint, identifiers, message }: FoundIssue): string {
  if (ownFingerprint !== null) return JSON.stringify([ruleId, path, ownFingerprint]);
  return JSON.stringify([ruleId, path, name, identifiers, sameWords(message)]);
}

/**
 * Masks numbers and hashes. Numbers are often line numbers: "declared at line 12" is the same finding at line 14.
 * Hashes are often those of commits or images, which change with each run.
 */
function sameWords(message: string): string {
  return message
    .replace(/\b(?:[0-9a-f]{40}|[0-9a-f]{64})\b/gi, '0')
    .replace(/\d+/g, '0')
    .replace(/\s+/g, ' ')
    .trim();
}

function byImportance(a: FoundIssue, b: FoundIssue): number {
  return (
    rankOf(a.severity) - rankOf(b.severity) ||
    compare(a.path ?? '', b.path ?? '') ||
    (a.startLine ?? 0) - (b.startLine ?? 0) ||
    (a.startColumn ?? 0) - (b.startColumn ?? 0) ||
    compare(a.ruleId, b.ruleId) ||
    compare(a.message, b.message) ||
    compare(JSON.stringify(a), JSON.stringify(b))
  );
}

/** Compares by code units, independent of locale. */
function compare(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
