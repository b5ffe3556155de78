import { SEVERITIES, type Truncation } from '@integrations/contracts';
import { type AnnotationLimits, truncate } from '@integrations/provider-kit';
import type { Changes } from '../changes';
import type { Evidence, Finding, ScanReport } from '../finding';
import { countBySeverity, describeCounts, describeErrorsMet, type SeverityCounts } from '../severity';
import { fence, link } from '../text/markdown';
import { capital, factsOf } from './detail';
import { Page } from './page';
import { codeOf, ellipsisOf, placeOf, ruleOf, sentence, type Style, verbatim } from './style';

/** A finding that could not be shown as an inline remark, and the reason. */
export interface Unplaced {
  readonly finding: Finding;
  readonly reason: string;
}

export interface SummaryInput {
  readonly title: string;
  readonly report: ScanReport;
  readonly counts: SeverityCounts;
  readonly conclusion: 'success' | 'failure';
  readonly changes: Changes | null;
  readonly unplaced: readonly Unplaced[];
}

export interface Summary {
  readonly text: string;
  /** Fingerprints of the findings in the summary. */
  readonly listed: ReadonlySet<string>;
  readonly truncation: Truncation | null;
}

/** Rows that are always visible. The rest is folded. */
const OPEN_ROWS = 20;
const TABLE = '\n\n| Severity | Finding | Where |\n| --- | --- | --- |\n';
const FOLDED = `\n<details>\n<summary>More findings</summary>${TABLE}`;
const FOLDED_END = '\n</details>\n';
const MAX_UNPLACED = 50;

/** The summary of a report. `field` names it in the truncation. */
export function summaryOf(
  input: SummaryInput,
  style: Style,
  { size, field }: { readonly size: AnnotationLimits['comment']; readonly field: string },
): Summary {
  const { findings } = input.report;
  const page = new Page(size);
  const footer = footerOf(input.report, style);
  page.reserve(`${footer}${FOLDED_END}${omittedNote(findings)}`);
  page.add(headOf(input, style));

  const listed = new Set<string>();
  addUnplaced(page, input.unplaced, listed, style);
  const rest = addRows(page, input, listed, style);
  if (rest.length > 0) page.force(omittedNote(rest));
  page.force(footer);
  const now = findings.length - rest.length;
  const truncation = rest.length === 0 ? null : ({ field, was: findings.length, now, unit: 'items' } as const);
  // The limit may be too small even for the evidence, which is added without a check.
  return { text: truncate(page.toString(), { ...size, field }).text, listed, truncation };
}

function headOf({ title, report, counts, conclusion, changes }: SummaryInput, style: Style): string {
  const marks = style.ascii ? { success: '', failure: '' } : { success: '✅ ', failure: '❌ ' };
  const { incomplete, errors } = report;
  const said = conclusion === 'failure' ? 'failed' : 'passed';
  // Vendors without check runs show only this line if there is no conversation.
  const but = incomplete ? 'scan incomplete' : describeErrorsMet(errors);
  const total = report.findings.length;
  const lines = [`### ${marks[conclusion]}${sentence(title, style)}: ${[said, but].filter(Boolean).join(', ')}`];
  lines.push(total === 0 ? 'No findings.' : tableOfCounts(counts));
  if (changes) {
    const { new: fresh, fixed, unchanged } = changes.counts;
    lines.push(`Since the last run: **${fresh} new**, ${fixed} fixed, ${unchanged} unchanged.`);
  }
  return lines.join('\n\n');
}

function tableOfCounts(counts: SeverityCounts): string {
  const some = SEVERITIES.filter((severity) => counts[severity] > 0);
  const row = (cells: readonly (string | number)[]) => `| ${cells.join(' | ')} |`;
  return [row(some.map(capital)), row(some.map(() => '---')), row(some.map((severity) => counts[severity]))].join('\n');
}

function addUnplaced(page: Page, unplaced: readonly Unplaced[], listed: Set<string>, style: Style): void {
  if (unplaced.length === 0 || !page.add('\n\nNot at a line of the diff:\n')) return;
  for (const { finding, reason } of unplaced.slice(0, MAX_UNPLACED)) {
    const where = placeOf({ path: finding.path, line: finding.startLine }, style, 'line');
    const what = `${capital(finding.severity)} ${ruleOf(finding, style, 'line')} ${sentence(finding.title, style, 120)}`;
    if (!page.add(`\n- ${what}${where && `, ${where}`} (${sentence(reason, style, 200)})`)) return;
    listed.add(finding.fingerprint);
  }
}

/** Adds a row per finding. Returns the findings that did not fit. */
function addRows(page: Page, { report, changes }: SummaryInput, listed: Set<string>, style: Style): readonly Finding[] {
  const { findings } = report;
  let folded = false;
  for (const [index, finding] of findings.entries()) {
    const opening = index === 0 ? TABLE : index === OPEN_ROWS ? FOLDED : '';
    if (!page.add(opening + rowOf(finding, changes, style))) {
      if (folded) page.force(FOLDED_END);
      return findings.slice(index).filter(({ fingerprint }) => !listed.has(fingerprint));
    }
    folded ||= index === OPEN_ROWS;
    listed.add(finding.fingerprint);
  }
  if (folded) page.force(FOLDED_END);
  return [];
}

function rowOf(finding: Finding, changes: Changes | null, style: Style): string {
  const { severity, title, message, ruleId, fingerprint, path, startLine } = finding;
  const fresh = changes?.fresh.has(fingerprint) ? ' **new**' : '';
  // A title that is only a name, such as Bandit's `assert_used`, says less than the message.
  const said = title === ruleId || /^[\w.-]*$/.test(title) ? message : title;
  const facts = factsOf(finding, style, 'table');
  const what = [ruleOf(finding, style, 'table'), sentence(said, style), facts].filter(Boolean).join(' ');
  return `| ${capital(severity)}${fresh} | ${what} | ${placeOf({ path, line: startLine }, style, 'table')} |\n`;
}

function omittedNote(rest: readonly Finding[]): string {
  const which = describeCounts(countBySeverity(rest));
  const what = rest.length === 1 ? 'finding' : 'findings';
  return `\n_Not shown here for lack of space: ${rest.length} more ${what} (${which})._\n`;
}

function footerOf({ suppressed, incomplete, errors, evidence }: ScanReport, style: Style): string {
  const notes = [
    incomplete ? '**The scan did not complete: there may be more findings.**' : '',
    errors > 0 && !incomplete ? `**${describeErrorsMet(errors)}: there may be more findings.**` : '',
    suppressed > 0 ? `Suppressed and not counted: ${suppressed}.` : '',
  ];
  const lines = evidenceOf(evidence, style);
  const parts = [...notes, lines.length === 0 ? '' : `**Evidence**\n\n${lines.join('\n')}`];
  return parts
    .filter((part) => part !== '')
    .map((part) => `\n\n${part}`)
    .join('');
}

function evidenceOf(evidence: Evidence, style: Style): string[] {
  const { artifact, digest, policyVerdict, policyName, verifyCommand, reportUrl } = evidence;
  const named = [artifact && codeOf(artifact, style, 'line'), digest && codeOf(digest, style, 'line')].filter(Boolean);
  const policy = policyName ? ` (${sentence(policyName, style)})` : '';
  const lines = [
    named.length > 0 ? `- Artifact: ${named.join(' ')}` : '',
    policyVerdict ? `- Policy verdict: **${policyVerdict}**${policy}` : '',
    reportUrl ? `- ${link('Report', style.redact(reportUrl))}` : '',
    verifyCommand ? `- Verify with:\n\n${fence(verifyLine(verifyCommand, style), 'sh')}` : '',
  ];
  return lines.filter((line) => line !== '');
}

/** The command as one line, so that it cannot hide a second command further down. */
function verifyLine(command: string, style: Style): string {
  const line = verbatim(command, style).replace(/\s+/g, ' ').trim();
  return line.length > 2_000 ? `${line.slice(0, 2_000)}${ellipsisOf(style)}` : line;
}
