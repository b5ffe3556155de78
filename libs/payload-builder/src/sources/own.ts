import type { ScmFinding, StellaScan, StellaVulnerability } from '@integrations/contracts';
import { type FoundIssue, NOTHING_MORE } from '../finding';
import { NOTHING_SAID, type SourceContent } from './source-content';

/** Reads findings in our own format, which are already validated. */
export function readFindings(findings: readonly ScmFinding[]): SourceContent {
  return { ...NOTHING_SAID, issues: findings.map(toIssue) };
}

/** Reads a Stella scan, which is already validated. */
export function readStella({ vulnerabilities, evidence = {} }: StellaScan): SourceContent {
  return { ...NOTHING_SAID, issues: vulnerabilities.map(toVulnerablePackage), evidence };
}

function toIssue(finding: ScmFinding): FoundIssue {
  const startLine = finding.startLine ?? null;
  return {
    ...NOTHING_MORE,
    ruleId: finding.ruleId,
    severity: finding.severity,
    title: finding.title || finding.ruleId,
    message: finding.message,
    path: finding.path ?? null,
    startLine,
    endLine: finding.endLine ?? startLine,
    startColumn: finding.startColumn ?? null,
    helpUri: finding.helpUri ?? null,
    identifiers: [finding.cve, finding.cwe].filter((id) => id !== undefined && id !== null),
    package: finding.package ?? null,
    fixedVersion: finding.fixedVersion ?? null,
    suggestion: finding.suggestion ?? null,
    ownFingerprint: finding.fingerprint ?? null,
  };
}

function toVulnerablePackage(found: StellaVulnerability): FoundIssue {
  const name = found.installedVersion ? `${found.package}@${found.installedVersion}` : found.package;
  const title = found.title || `${found.id} in ${found.package}`;
  return {
    ...NOTHING_MORE,
    ruleId: found.id,
    severity: found.severity,
    title,
    message: found.description || title,
    path: found.path ?? null,
    helpUri: found.url ?? null,
    identifiers: found.cwe ? [found.cwe] : [],
    package: name,
    fixedVersion: found.fixedVersion ?? null,
    // The same vulnerability in another version of the package is the same finding.
    ownFingerprint: JSON.stringify([found.id, found.package]),
  };
}
