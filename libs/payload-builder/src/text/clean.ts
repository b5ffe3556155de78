import { neutralise } from '@integrations/provider-kit';
import { redactTokens } from './secrets';

/** Makes foreign text safe to show: see `createClean`. */
export type Clean = (text: string) => string;

export interface CleanOptions {
  /** Removes known secrets. */
  readonly scrub: (text: string) => string;
  /** Writes non-ASCII characters as `\u{…}`. */
  readonly ascii: boolean;
}

/** Characters where a line may break: white space, and any letter of scripts that are written without blanks. */
const BREAKABLE = String.raw`\s\p{scx=Han}\p{scx=Hira}\p{scx=Kana}\p{scx=Thai}\p{scx=Laoo}\p{scx=Khmr}\p{scx=Mymr}`;
/** A word too long for a line of a table. */
const LONG_WORD = new RegExp(`(?<![^${BREAKABLE}])[^${BREAKABLE}]{161,}`, 'gu');
const KEPT_OF_WORD = 150;
/**
 * Lengths of secrets, in characters. Shorter words are not recognised as secrets. Longer secrets are signed, and
 * useless without their end.
 */
const SECRET = { shortest: 8, longest: 512 };

// Invisible characters that make equal-looking words differ, including tag characters.
const ZERO_WIDTH = /[\u00ad\u200b\u2060-\u2064\ufeff\u{e0000}-\u{e007f}]/gu;

/**
 * Removes control, bidirectional and invisible characters, and secrets known by value or by format, and shortens
 * overlong words. Does not escape Markdown or HTML: that depends on where the text is used.
 */
export function createClean({ scrub, ascii }: CleanOptions): Clean {
  const redact = createRedact(scrub);
  const ellipsis = ascii ? '...' : '…';
  return (text) => {
    const safe = redact(text).replace(LONG_WORD, (word) => `${cut(word, KEPT_OF_WORD)}${ellipsis}`);
    return ascii ? toAscii(safe) : safe;
  };
}

/** Like `createClean`, but keeps long words and non-ASCII letters, for URLs and code that readers follow or copy. */
export function createRedact(scrub: CleanOptions['scrub']): Clean {
  return (text) => {
    const visible = neutralise(text.replace(/\r\n?/g, '\n')).replace(ZERO_WIDTH, '');
    return redactTokens(scrub(visible));
  };
}

/** Text as one line, with white space collapsed, cut to `max` characters. */
export function oneLine(text: string, max: number, ellipsis: string): string {
  const line = text.replace(/\s+/g, ' ').trim();
  return line.length <= max ? line : `${cut(line, max - ellipsis.length)}${ellipsis}`;
}

/** At most `max` UTF-16 units, without splitting a surrogate pair. */
export function cut(text: string, max: number): string {
  const end = (text.codePointAt(max - 1) ?? 0) > 0xffff ? max - 1 : max;
  return text.slice(0, end);
}

/**
 * As `cut`, for text that is not clean yet. Drops a word that the cut would divide if it may be a secret, because half
 * a secret can no longer be recognised.
 */
export function cutUnclean(text: string, max: number): string {
  if (text.length <= max) return text;
  let end = max;
  while (end > 0 && isVisible(text.charCodeAt(end - 1))) end -= 1;
  const length = max - end;
  return length < SECRET.shortest || length > SECRET.longest ? cut(text, max) : text.slice(0, end);
}

function isVisible(code: number): boolean {
  return code > 0x20 && code < 0x7f;
}

export function toAscii(text: string): string {
  return text.replace(/[^\u0000-\u007f]/gu, (character) => `\\u{${character.codePointAt(0)?.toString(16)}}`);
}
