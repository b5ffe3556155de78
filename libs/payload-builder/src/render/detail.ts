import type { Finding } from '../finding';
import { cut } from '../text/clean';
import { block, fence } from '../text/markdown';
import { codeOf, ellipsisOf, placeOf, ruleOf, sentence, type Style, verbatim } from './style';

const MAX_MESSAGE = 4_000;
const MAX_SUGGESTION = 4_000;

/** Everything known about a finding except its place, as the body of a remark on its lines. */
export function remarkOf(finding: Finding, style: Style): string {
  const { severity, title, message, suggestion } = finding;
  const heading = title === finding.ruleId ? '' : ` ${sentence(title, style)}`;
  const parts = [
    `**${capital(severity)}** ${ruleOf(finding, style, 'line')}${heading}`,
    message === title ? '' : block(shortened(message, style)),
    factsOf(finding, style),
    relatedOf(finding, style),
    suggestion === null ? '' : `Suggested change:\n\n${fence(suggested(suggestion, style))}`,
  ];
  return parts.filter((part) => part !== '').join('\n\n');
}

/** Everything known about a finding, for a text that lists many. */
export function detailOf(finding: Finding, style: Style): string {
  const place = placeOf({ path: finding.path, line: finding.startLine }, style, 'line');
  return place === '' ? remarkOf(finding, style) : `${place}\n\n${remarkOf(finding, style)}`;
}

/** Package, fixed version and identifiers, in brackets; empty if none is known. */
export function factsOf(finding: Finding, style: Style, place: 'table' | 'line' = 'line'): string {
  const { package: name, fixedVersion, identifiers, ruleId } = finding;
  const facts = [
    name === null ? '' : `in ${codeOf(name, style, place)}`,
    fixedVersion === null ? '' : `fixed in ${codeOf(fixedVersion, style, place)}`,
    ...identifiers.filter((id) => id !== ruleId).map((id) => sentence(id, style)),
  ];
  const known = facts.filter((fact) => fact !== '');
  return known.length === 0 ? '' : `(${known.join(', ')})`;
}

export function capital(word: string): string {
  return word.charAt(0).toUpperCase() + word.slice(1);
}

function relatedOf({ related }: Finding, style: Style): string {
  if (related.length === 0) return '';
  const steps = related.map((step) => {
    const text = step.text === null ? '' : `: ${sentence(step.text, style)}`;
    return `- ${placeOf(step, style, 'line')}${text}`;
  });
  return `Related:\n\n${steps.join('\n')}`;
}

function shortened(text: string, style: Style): string {
  const clean = style.clean(text).replace(/\n{3,}/g, '\n\n');
  return clean.length <= MAX_MESSAGE ? clean.trim() : `${cut(clean, MAX_MESSAGE).trim()}${ellipsisOf(style)}`;
}

/** The suggested code, with indentation and empty lines, which matter in code. */
function suggested(code: string, style: Style): string {
  const whole = verbatim(code, style).trimEnd();
  return whole.length <= MAX_SUGGESTION ? whole : `${cut(whole, MAX_SUGGESTION).trimEnd()}${ellipsisOf(style)}`;
}
