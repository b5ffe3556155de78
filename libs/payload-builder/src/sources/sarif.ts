import type { Severity } from '@integrations/contracts';
import { type FoundIssue, NOTHING_MORE, type RelatedPlace } from '../finding';
import type { Cursor } from './cursor';
import { identifiersOf, weaknessesOf } from './identifiers';
import { errorsOf, isIncomplete } from './sarif-invocations';
import { SarifLevels } from './sarif-levels';
import { messageOf } from './sarif-message';
import { LEVELS, type SarifLevel, type SarifRule, SarifRules, securitySeverityOf } from './sarif-rules';
import { SarifPlaces } from './sarif-places';
import { NOTHING_SAID, type SourceContent } from './source-content';

const KINDS = ['pass', 'open', 'informational', 'notApplicable', 'review', 'fail'] as const;
const BASELINES = ['new', 'unchanged', 'updated', 'absent'] as const;
const SUPPRESSION_STATES = ['accepted', 'underReview', 'rejected'] as const;

const SEVERITIES: Readonly<Record<SarifLevel, Severity>> = {
  error: 'high',
  warning: 'medium',
  note: 'low',
  none: 'none',
};

/** SARIF 2.1.0. https://docs.oasis-open.org/sarif/sarif/v2.1.0/ */
export function readSarif(log: Cursor, root: string | undefined): SourceContent {
  const version = log.get('version');
  // Other versions have a different structure.
  if (version.raw() !== '2.1.0') return version.fail('must be 2.1.0') ?? { ...NOTHING_SAID, issues: [] };
  const runs = log.get('runs');
  if (!runs.present) runs.fail('must be a list');
  const read = runs.items().map((run) => readRun(run, root));
  return {
    issues: read.flatMap(({ issues }) => issues),
    suppressed: read.reduce((sum, { suppressed }) => sum + suppressed, 0),
    gone: read.reduce((sum, { gone }) => sum + gone, 0),
    // A log without runs contains no analysis.
    incomplete: read.length === 0 || read.some(({ incomplete }) => incomplete),
    errors: read.reduce((sum, { errors }) => sum + errors, 0),
    evidence: {},
  };
}

interface RunContext {
  readonly rules: SarifRules;
  readonly levels: SarifLevels;
  readonly places: SarifPlaces;
}

function readRun(run: Cursor, root: string | undefined): Omit<SourceContent, 'evidence'> {
  run.get('tool').get('driver').get('name').requiredText();
  const elsewhere = run.get('externalPropertyFileReferences').get('results');
  if (elsewhere.items().length > 0) elsewhere.fail('must be in the log itself: other files are not read');
  const rules = new SarifRules(run.get('tool'));
  const levels = new SarifLevels(run, rules);
  const places = new SarifPlaces(run, root);
  const issues: FoundIssue[] = [];
  let suppressed = 0;
  let gone = 0;
  for (const result of run.get('results').items()) {
    if (result.get('baselineState').oneOf(BASELINES) === 'absent') gone += 1;
    else if (isSuppressed(result)) suppressed += 1;
    else if (isFinding(result)) issues.push(readResult(result, { rules, levels, places }));
  }
  return { issues, suppressed, gone, incomplete: isIncomplete(run), errors: errorsOf(run) };
}

/** False for results that passed or do not apply. */
function isFinding(result: Cursor): boolean {
  const kind = result.get('kind').oneOf(KINDS);
  return kind !== 'pass' && kind !== 'notApplicable';
}

/** Suppressions under review or rejected do not count. */
function isSuppressed(result: Cursor): boolean {
  const states = result
    .get('suppressions')
    .items()
    .map((suppression) => suppression.get('status').oneOf(SUPPRESSION_STATES) ?? 'accepted');
  return states.length > 0 && states.every((state) => state === 'accepted');
}

function readResult(result: Cursor, { rules, levels, places }: RunContext): FoundIssue {
  const rule = rules.find(result);
  const ruleId = (result.get('ruleId').text() ?? result.get('rule').get('id').text() ?? rule?.id) || 'unnamed rule';
  const location = result.get('locations').items()[0];
  const { path, startLine, ...place } = location ? places.read(location) : NOTHING_MORE;
  const message = messageOf(result, rule, rules);
  // Drop related places on the finding's own line that repeat its message or are empty, such as zizmor's flows and
  // ShellCheck's fixes.
  const saysMore = (step: RelatedPlace) =>
    step.path !== path || step.line !== startLine || !message.includes(step.text ?? '');
  return {
    ...NOTHING_MORE,
    ...place,
    path,
    startLine,
    ruleId,
    severity: severityOf(result, rule, levels),
    title: rule?.title ?? ruleId,
    message,
    helpUri: rule?.helpUri ?? null,
    identifiers: identifiersOf([ruleId, ...weaknessesOf(result.get('taxa').items()), ...(rule?.identifiers ?? [])]),
    related: places.related(result).filter(saysMore),
    ownFingerprint: fingerprintOf(result),
    baseline: baselineOf(result),
  };
}

/** The comparison with the previous run. An updated result existed before. */
function baselineOf(result: Cursor): FoundIssue['baseline'] {
  const state = result.get('baselineState').oneOf(BASELINES);
  if (state === undefined) return null;
  return state === 'new' ? 'new' : 'unchanged';
}

/** Severity by CVSS score if there is one, with GitHub's thresholds; else by level. */
function severityOf(result: Cursor, rule: SarifRule | undefined, levels: SarifLevels): Severity {
  const usual = rule && (levels.find(result, rule) ?? rule.level);
  const level = result.get('level').oneOf(LEVELS) ?? usual ?? 'warning';
  if (!isProblem(result)) return 'info';
  const score = securitySeverityOf(result.get('properties')) ?? rule?.securitySeverity ?? null;
  if (score === null) return SEVERITIES[level];
  if (score >= 9) return 'critical';
  if (score >= 7) return 'high';
  if (score >= 4) return 'medium';
  return score > 0 ? 'low' : 'none';
}

/**
 * True for results of kind `fail`, which alone may have a level (§3.27.10). Nuclei uses kind `open` for all its
 * results, but gives problems a level nevertheless.
 */
function isProblem(result: Cursor): boolean {
  const kind = result.get('kind').oneOf(KINDS) ?? 'fail';
  const level = result.get('level').oneOf(LEVELS) ?? 'none';
  return kind === 'fail' || (kind === 'open' && level !== 'none');
}

/** Semgrep's placeholder for fingerprints if the user is not logged in. */
const WITHHELD = 'requires login';

/**
 * Fingerprint parts that change although the finding is the same: columns, and the details of the commit in gitleaks.
 */
const CHANGING = /column|^commit|^(author|email|date)$/i;

/** The hash of the line's content, which code scanning prefers too; else all of the tool's stable fingerprints. */
function fingerprintOf(result: Cursor): string | null {
  const given = [...result.get('fingerprints').entries(), ...result.get('partialFingerprints').entries()]
    .map(([name, value]) => [name, value.text() ?? ''] as const)
    .filter(([name, value]) => !CHANGING.test(name) && value !== '' && value !== WITHHELD);
  const line = given.find(([name]) => name.startsWith('primaryLocationLineHash'));
  if (line) return line[1];
  return given.length === 0 ? null : JSON.stringify(given.sort(([a], [b]) => (a < b ? -1 : 1)));
}
