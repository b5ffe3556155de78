import { type Clean, oneLine, toAscii } from '../text/clean';
import { code, inline, link } from '../text/markdown';
import type { Finding } from '../finding';

/** How the texts of a report are rendered. */
export interface Style {
  readonly clean: Clean;
  /** For URLs and code, which must not be shortened because readers follow or copy them. */
  readonly redact: Clean;
  readonly ascii: boolean;
  /** Base URL of the files at the scanned commit; null if not given. */
  readonly sourceUrl: string | null;
}

const MAX_CELL = 300;
const MAX_CODE = 200;

export function ellipsisOf({ ascii }: Pick<Style, 'ascii'>): string {
  return ascii ? '...' : '…';
}

/** Foreign text as one escaped line. */
export function sentence(text: string, style: Style, max = MAX_CELL): string {
  return inline(oneLine(style.clean(text), max, ellipsisOf(style)));
}

/** Foreign code for copying, with its layout. */
export function verbatim(text: string, { redact, ascii }: Style): string {
  return ascii ? toAscii(redact(text)) : redact(text);
}

/** Foreign text as a code span. */
export function codeOf(text: string, style: Style, place: 'table' | 'line'): string {
  return code(oneLine(style.clean(text), MAX_CODE, ellipsisOf(style)), place);
}

/** `src/a.ts:12` as code, linked if the source URL is known; empty for a finding in no file. */
export function placeOf(
  { path, line }: { readonly path: string | null; readonly line: number | null },
  style: Style,
  place: 'table' | 'line',
): string {
  if (path === null) return '';
  const label = codeOf(line === null ? path : `${path}:${line}`, style, place);
  // No link if the path contains a secret: the link would reveal it, and without it lead nowhere.
  if (style.sourceUrl === null || style.redact(path) !== path) return label;
  return link(label, sourceLink(style.sourceUrl, path, line));
}

/** The rule as code, linked to its explanation. */
export function ruleOf({ ruleId, helpUri }: Finding, style: Style, place: 'table' | 'line'): string {
  return link(codeOf(ruleId, style, place), helpUri === null ? null : style.redact(helpUri));
}

function sourceLink(base: string, path: string, line: number | null): string {
  const file = path.split('/').map(encodeURIComponent).join('/');
  return `${base.replace(/\/+$/, '')}/${file}${line === null ? '' : `#L${line}`}`;
}
