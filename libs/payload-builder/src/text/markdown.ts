/** An invisible character that keeps the text around it from forming a mention, a reference or a link. */
const BREAK = '&#8203;';

// Characters to escape: marks of Markdown and HTML; prefixes that vendors read as a mention, issue, snippet, label,
// milestone, epic or link; colons that form an emoji, as in `app.js:100:5`; and inline diff marks such as `{-` and
// `[+`.
// https://docs.gitlab.com/user/markdown/
const SPECIAL =
  /[\\`*_[\]<>|~$&]|[@#!%^](?=[\p{L}\p{N}_"[{])|:(?=\/\/|[\w+-]+:)|\{(?=[+-])|\bwww(?=\.)|\bG[HL]-(?=\d)/gu;
const WORD = /[\p{L}\p{N}_"]/u;

/** Longer URLs are not linked, because they would use up the room for text. */
const LONGEST_URL = 4_000;

/** Literal text as one line: nothing in it takes effect as Markdown, mention, reference or link. */
export function inline(text: string): string {
  return text.replace(/\s+/g, ' ').trim().replace(SPECIAL, escape);
}

/**
 * Like `inline`, but keeps lines. None of them starts a heading, list, quote, code block, rule or GitLab quick action.
 */
export function block(text: string): string {
  return text
    .split('\n')
    .map((line) => atLineStart(inline(line)))
    .join('\n')
    .replace(/\n{3,}/g, '\n\n')
    .trim();
}

/**
 * A code span. In a table, code with a pipe becomes plain text: a pipe ends the cell, and cannot be escaped reliably.
 */
export function code(text: string, place: 'table' | 'line' = 'line'): string {
  const line = text.replace(/\s+/g, ' ').trim();
  if (line === '') return '';
  if (place === 'table' && /[|\\]/.test(line)) return inline(line);
  const marks = '`'.repeat(longestRun(line) + 1);
  const pad = line.startsWith('`') || line.endsWith('`') ? ' ' : '';
  return `${marks}${pad}${line}${pad}${marks}`;
}

/** A code block with a fence longer than any inside it. */
export function fence(text: string, language = ''): string {
  const marks = '`'.repeat(Math.max(3, longestRun(text) + 1));
  return `${marks}${language}\n${text}\n${marks}`;
}

/**
 * A link; `label` is Markdown. Only http and https URLs are linked, without userinfo. URLs of issues, pull requests and
 * commits are not linked, because vendors would notify their readers of a mention.
 */
export function link(label: string, url: string | null): string {
  const target = url === null ? null : safeUrl(url);
  return target === null || label === '' ? label : `[${label}](${target})`;
}

/** The URL to link; null if it must not be linked. */
export function safeUrl(text: string): string | null {
  // `canParse` would accept overlong hosts that `parse` refuses.
  const url = URL.parse(text);
  if (!url) return null;
  if (url.protocol !== 'https:' && url.protocol !== 'http:') return null;
  if (/\/(issues|pull|pulls|discussions|merge_requests|commit)\/\w/i.test(url.pathname)) return null;
  url.username = '';
  url.password = '';
  const href = url.href.replace(/[()<>|\\`'"*_~@[\]{}\s]/g, encoded);
  return href.length <= LONGEST_URL ? href : null;
}

function encoded(mark: string): string {
  return `%${mark.charCodeAt(0).toString(16).padStart(2, '0')}`;
}

function escape(mark: string, at: number, text: string): string {
  const next = text.charAt(at + mark.length);
  switch (mark) {
    case '<':
      return '&lt;';
    case '>':
      return '&gt;';
    case '&':
      return /\d/.test(next) ? `&amp;${BREAK}` : '&amp;';
    case '[':
      return WORD.test(next) || /[+-]/.test(next) ? `\\${mark}${BREAK}` : `\\${mark}`;
    case '~':
    case '$':
      return WORD.test(next) ? `\\${mark}${BREAK}` : `\\${mark}`;
    default:
      return /^[\w@#!%^:{]/.test(mark) && mark !== '_' ? `${mark}${BREAK}` : `\\${mark}`;
  }
}

function atLineStart(line: string): string {
  if (line.startsWith('/')) return `${BREAK}${line}`;
  return line.replace(/^(\d+)(?=[.)])/, '$1\\').replace(/^[#+=-]/, '\\$&');
}

function longestRun(text: string): number {
  return Math.max(0, ...(text.match(/`+/g) ?? []).map((run) => run.length));
}
