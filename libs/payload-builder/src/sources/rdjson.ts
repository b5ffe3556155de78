import type { Severity } from '@integrations/contracts';
import { type FoundIssue, NOTHING_MORE, type RelatedPlace } from '../finding';
import type { Cursor } from './cursor';
import { repositoryPath, type Roots, rootsOf } from './paths';
import { type Place, placeIn } from './place';
import { NOTHING_SAID, type SourceContent } from './source-content';

/** Keyed by name and by number, as protocol buffers write either. */
const SEVERITIES: Readonly<Record<string, Severity>> = {
  ERROR: 'high',
  WARNING: 'medium',
  INFO: 'low',
  UNKNOWN_SEVERITY: 'info',
  '1': 'high',
  '2': 'medium',
  '3': 'low',
  '0': 'info',
};

const UNKNOWN: ReadonlySet<unknown> = new Set(['UNKNOWN_SEVERITY', '0', 0]);

/** Reviewdog's Diagnostic Format. https://github.com/reviewdog/reviewdog/tree/master/proto/rdf */
export function readRdjson(result: Cursor, root: string | undefined): SourceContent {
  const diagnostics = result.get('diagnostics');
  if (!diagnostics.present) diagnostics.fail('must be a list');
  const tool = result.get('source').get('name').sharedText();
  const usual = result.get('severity');
  const roots = root === undefined ? [] : rootsOf(root);
  const issues = diagnostics.items().map((diagnostic) => readDiagnostic(diagnostic, { tool, usual, roots }));
  return { ...NOTHING_SAID, issues };
}

interface Context {
  readonly tool: string | undefined;
  readonly usual: Cursor;
  readonly roots: Roots;
}

function readDiagnostic(diagnostic: Cursor, { tool, usual, roots }: Context): FoundIssue {
  const code = diagnostic.get('code');
  const ruleId = code.get('value').text() || diagnostic.get('source').get('name').text() || tool || 'unnamed rule';
  const own = diagnostic.get('severity');
  return {
    ...NOTHING_MORE,
    ...readPlace(diagnostic.get('location'), roots),
    ruleId,
    severity: readSeverity(saysNothing(own) && usual.present ? usual : own),
    title: ruleId,
    message: diagnostic.get('message').requiredText() ?? '',
    helpUri: code.get('url').text() ?? null,
    suggestion: diagnostic.get('suggestions').items()[0]?.get('text').text() ?? null,
    // The name in the schema, and the one that protocol buffers write.
    related: [...diagnostic.get('related_locations').items(), ...diagnostic.get('relatedLocations').items()]
      .slice(0, 10)
      .flatMap((at) => readRelated(at, roots)),
  };
}

/**
 * Protocol buffers write an unset severity as unknown. Then the severity of the whole result applies, as in reviewdog.
 */
function saysNothing(severity: Cursor): boolean {
  return !severity.present || UNKNOWN.has(severity.raw());
}

function readSeverity(severity: Cursor): Severity {
  const value = severity.raw() ?? 'WARNING';
  const name = typeof value === 'string' || typeof value === 'number' ? String(value) : '';
  const known = Object.hasOwn(SEVERITIES, name) ? SEVERITIES[name] : undefined;
  return known ?? severity.fail('must be one of ERROR, WARNING, INFO, UNKNOWN_SEVERITY') ?? 'info';
}

function readPlace(location: Cursor, roots: Roots): Place {
  const at = location.get('path');
  const text = at.text();
  const path = text ? repositoryPath(at, text, roots, 'path') : null;
  const range = location.get('range');
  const [start, end] = [range.get('start'), range.get('end')];
  return placeIn(path, {
    startLine: start.get('line'),
    startColumn: start.get('column'),
    endLine: end.get('line'),
    endColumn: end.get('column'),
  });
}

function readRelated(related: Cursor, roots: Roots): RelatedPlace[] {
  const { path, startLine } = readPlace(related.get('location'), roots);
  return path === null ? [] : [{ path, line: startLine, text: related.get('message').text() ?? null }];
}
