import { neutralise } from '@integrations/provider-kit';
import { redactTokens } from './secrets';

/** Makes text of others fit to be shown: see `createClean`. */
export type Clean = (text: string) => string;

export interface CleanOptions {
  /** Takes known secrets out. */
  readonly scrub: (text: string) => string;
  /** Writes what is not ASCII as `\u{…}`. */
  readonly ascii: boolean;
}

/** Where a line may end: of scripts that write without blanks, after any letter. */
const BREAKABLE = String.raw`\s\p{scx=Han}\p{scx=Hira}\p{scx=Kana}\p{scx=Thai}\p{scx=Laoo}\p{scx=Khmr}\p{scx=Mymr}`;
/** A word that is longer than a line of any table. */
const LONG_WORD = new RegExp(`(?<![^${BREAKABLE}])[^${BREAKABLE}]{161,}`, 'gu');
const KEPT_OF_WORD = 150;
/** Characters. What is shorter is not known as a secret either; what is longer is signed, and worth nothing without its end. */
const SECRET = { shortest: 8, longest: 512 };

// What takes no room on the screen and yet tells words apart, the tag characters included.
const ZERO_WIDTH = /[\u00ad\u200b\u2060-\u2064\ufeff\u{e0000}-\u{e007f}]/gu;

/**
 * No control, bidirectional or invisible characters, no secrets known by value or by form, no words without end. What is
 * Markdown or HTML in it still is: escaping is for who knows the place.
 */
export function createClean({ scrub, ascii }: CleanOptions): Clean {
  const redact = createRedact(scrub);
  const ellipsis = ascii ? '...' : '…';
  return (text) => {
    const safe = redact(text).replace(LONG_WORD, (word) => `${cut(word, KEPT_OF_WORD)}${ellipsis}`);
    return ascii ? toAscii(safe) : safe;
  };
}

/** The same but for length and letters: what is followed or copied must be whole. */
export function createRedact(scrub: CleanOptions['scrub']): Clean {
  return (text) => {
    const visible = neutralise(text.replace(/\r\n?/g, '\n')).replace(ZERO_WIDTH, '');
    return redactTokens(scrub(visible));
  };
}

/** White space becomes single blanks; at most `max` code points. */
export function oneLine(text: string, max: number, ellipsis: string): string {
  const line = text.replace(/\s+/g, ' ').trim();
  return line.length <= max ? line : `${cut(line, max - ellipsis.length)}${ellipsis}`;
}

/** At most `max` UTF-16 units, never half of a pair. */
export function cut(text: string, max: number): string {
  const end = (text.codePointAt(max - 1) ?? 0) > 0xffff ? max - 1 : max;
  return text.slice(0, end);
}

/**
 * As `cut`, for what is not clean yet: without the word that the cut goes through if it may be a secret, since of half of one
 * nobody can tell any more.
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
