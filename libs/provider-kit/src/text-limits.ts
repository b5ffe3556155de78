import type { Truncation } from '@integrations/contracts';
import { neutralise } from './neutralise';

export interface TextLimit {
  /** The field's name in the vendor's or our request, for the truncation report. */
  readonly field: string;
  readonly max: number;
  /** How the vendor counts: Unicode code points, UTF-16 units (as .NET and Java count characters), or UTF-8 bytes. */
  readonly unit: 'characters' | 'utf16_units' | 'bytes';
}

export interface Truncated {
  readonly text: string;
  /** Null if nothing was cut. */
  readonly truncation: Truncation | null;
}

const DEFAULT_NOTE = '_The rest was cut off here: it is longer than this place holds._';

/**
 * Cuts Markdown to a limit, at a line end if one is near, never inside a code point. Closes an open code fence,
 * `<details>` or comment, and appends `note` (Markdown, one line) to tell the reader that something is missing. The
 * result never exceeds the limit; if not even the note fits, the text is cut without it.
 */
export function truncate(text: string, limit: TextLimit & { readonly note?: string }): Truncated {
  const was = measure(text, limit);
  if (was <= limit.max) return { text, truncation: null };
  const cut = cutMarkdown(text, limit, limit.note ?? DEFAULT_NOTE);
  return { text: cut, truncation: truncationOf(limit, was, cut) };
}

/** For titles and descriptions: neutralised; white space and line breaks become single spaces; a cut ends in an ellipsis. */
export function truncateLine(text: string, limit: TextLimit): Truncated {
  const line = neutralise(text).replace(/\s+/g, ' ').trim();
  const was = measure(line, limit);
  if (was <= limit.max) return { text: line, truncation: null };
  const room = limit.max - measure('…', limit);
  const cut = room < 0 ? prefix(line, limit.max, limit) : `${prefix(line, room, limit).trimEnd()}…`;
  return { text: cut, truncation: truncationOf(limit, was, cut) };
}

/** Reports code points and UTF-16 units alike as `characters`, which is what vendors call them. */
function truncationOf(limit: TextLimit, was: number, cut: string): Truncation {
  const unit = limit.unit === 'bytes' ? 'bytes' : 'characters';
  return { field: limit.field, was, now: measure(cut, limit), unit };
}

function cutMarkdown(text: string, limit: TextLimit, note: string): string {
  const tail = `\n\n${note}`;
  let room = limit.max - measure(tail, limit);
  while (room > 0) {
    const kept = atLineEnd(prefix(text, room, limit));
    const whole = kept + closingMarkup(kept) + tail;
    const excess = measure(whole, limit) - limit.max;
    if (excess <= 0) return whole;
    room = Math.min(room, measure(kept, limit)) - excess;
  }
  return prefix(text, limit.max, limit);
}

/** Half a table row or half a link reads badly: gives up as much as a tenth of the text to end at a whole line. */
function atLineEnd(text: string): string {
  const end = text.lastIndexOf('\n');
  return (end > text.length * 0.9 ? text.slice(0, end) : text).trimEnd();
}

/** The text to append so that every code fence, comment and `<details>` is closed. */
function closingMarkup(text: string): string {
  let fence: string | undefined;
  let prose = '';
  for (const line of text.split('\n')) {
    const [, marks = '', rest = ''] = /^[\s>]*(`{3,}|~{3,})(.*)$/.exec(line) ?? [];
    if (fence === undefined) {
      // A backtick fence has no backticks in its info string; such a line is inline code.
      if (marks && !(marks.startsWith('`') && rest.includes('`'))) fence = marks;
      else prose += `${line}\n`;
    } else if (marks.startsWith(fence) && rest.trim() === '') {
      fence = undefined;
    }
  }
  const openComment = prose.lastIndexOf('<!--') > prose.lastIndexOf('-->');
  const visible = prose.replace(/<!--.*?(-->|$)/gs, '').replace(/`[^`\n]*`/g, '');
  const openDetails = Math.max(0, count(visible, /<details\b/gi) - count(visible, /<\/details\s*>/gi));
  return (
    (fence === undefined ? '' : `\n${fence}`) +
    (openComment ? '\n-->' : '') +
    (openDetails > 0 ? `\n\n${'</details>'.repeat(openDetails)}` : '')
  );
}

function count(text: string, pattern: RegExp): number {
  return text.match(pattern)?.length ?? 0;
}

/** The length of a text in the unit of a limit. */
export function measure(text: string, { unit }: Pick<TextLimit, 'unit'>): number {
  if (unit === 'bytes') return Buffer.byteLength(text);
  if (unit === 'utf16_units') return text.length;
  let pairs = 0;
  for (let i = 0; i < text.length - 1; i++) if (isPair(text, i)) pairs++;
  return text.length - pairs;
}

/** The longest prefix that measures at most `max` and does not split a code point. */
function prefix(text: string, max: number, { unit }: TextLimit): string {
  let used = 0;
  let end = 0;
  while (end < text.length) {
    const units = isPair(text, end) ? 2 : 1;
    if (unit === 'bytes') used += utf8Length(text.codePointAt(end) ?? 0);
    else used += unit === 'utf16_units' ? units : 1;
    if (used > max) break;
    end += units;
  }
  return text.slice(0, end);
}

function isPair(text: string, index: number): boolean {
  return (text.codePointAt(index) ?? 0) > 0xffff;
}

function utf8Length(codePoint: number): number {
  if (codePoint < 0x80) return 1;
  if (codePoint < 0x800) return 2;
  return codePoint < 0x10000 ? 3 : 4;
}
