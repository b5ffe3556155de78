/** Shown as nothing, and keeps what stands on both sides of it from being read as one: a mention, a reference, a link. */
const BREAK = '&#8203;';

// Marks of Markdown and HTML; what vendors read as mention, issue, snippet, label, milestone, epic or link before a word;
// as an emoji, like the line in `app.js:100:5`; or as what was taken out or put in: `{-`, `[+`.
// https://docs.gitlab.com/user/markdown/
const SPECIAL =
  /[\\`*_[\]<>|~$&]|[@#!%^](?=[\p{L}\p{N}_"[{])|:(?=\/\/|[\w+-]+:)|\{(?=[+-])|\bwww(?=\.)|\bG[HL]-(?=\d)/gu;
const WORD = /[\p{L}\p{N}_"]/u;

/** More than this would take the room of what is to be read. */
const LONGEST_URL = 4_000;

/** Text that reads as it is written, in one line: nothing in it is Markdown, a mention, a reference or a link. */
export function inline(text: string): string {
  return text.replace(/\s+/g, ' ').trim().replace(SPECIAL, escape);
}

/** As `inline`, line by line; no line begins a heading, list, quote, code block, rule or GitLab quick action. */
export function block(text: string): string {
  return text
    .split('\n')
    .map((line) => atLineStart(inline(line)))
    .join('\n')
    .replace(/\n{3,}/g, '\n\n')
    .trim();
}

/** A code span. In a table a pipe would end the cell, and no escape works in code for certain: then it is text. */
export function code(text: string, place: 'table' | 'line' = 'line'): string {
  const line = text.replace(/\s+/g, ' ').trim();
  if (line === '') return '';
  if (place === 'table' && /[|\\]/.test(line)) return inline(line);
  const marks = '`'.repeat(longestRun(line) + 1);
  const pad = line.startsWith('`') || line.endsWith('`') ? ' ' : '';
  return `${marks}${pad}${line}${pad}${marks}`;
}

/** A code block that nothing inside can end. */
export function fence(text: string, language = ''): string {
  const marks = '`'.repeat(Math.max(3, longestRun(text) + 1));
  return `${marks}${language}\n${text}\n${marks}`;
}

/**
 * `label` is Markdown. Only http and https become links, without their userinfo; an issue, pull request or commit does
 * not, since vendors tell its readers that it was mentioned.
 */
export function link(label: string, url: string | null): string {
  const target = url === null ? null : safeUrl(url);
  return target === null || label === '' ? label : `[${label}](${target})`;
}

/** Null for what must not be linked. */
export function safeUrl(text: string): string | null {
  // Not `canParse`, which takes hosts without end that are no URL after all.
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
