import { type Clean, oneLine, toAscii } from '../text/clean';
import { code, inline, link } from '../text/markdown';
import type { Finding } from '../finding';

/** How texts of a report are shown. */
export interface Style {
  readonly clean: Clean;
  /** For what is followed or copied, and must be whole. */
  readonly redact: Clean;
  readonly ascii: boolean;
  /** Where the files are shown at the commit that was scanned; null if nobody said. */
  readonly sourceUrl: string | null;
}

const MAX_CELL = 300;
const MAX_CODE = 200;

export function ellipsisOf({ ascii }: Pick<Style, 'ascii'>): string {
  return ascii ? '...' : '…';
}

/** Text of others in one line, escaped. */
export function sentence(text: string, style: Style, max = MAX_CELL): string {
  return inline(oneLine(style.clean(text), max, ellipsisOf(style)));
}

/** Code of others, to be copied: as it is written. */
export function verbatim(text: string, { redact, ascii }: Style): string {
  return ascii ? toAscii(redact(text)) : redact(text);
}

/** Text of others as code. */
export function codeOf(text: string, style: Style, place: 'table' | 'line'): string {
  return code(oneLine(style.clean(text), MAX_CODE, ellipsisOf(style)), place);
}

/** `src/a.ts:12` as code, linked where it is known where the sources are; empty for what is in no file. */
export function placeOf(
  { path, line }: { readonly path: string | null; readonly line: number | null },
  style: Style,
  place: 'table' | 'line',
): string {
  if (path === null) return '';
  const label = codeOf(line === null ? path : `${path}:${line}`, style, place);
  // A link would say the secret that a path holds, and with that taken out lead nowhere.
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
