export type Scrub = (text: string) => string;

/** Characters of a message: a service may say as much in it as an answer holds. */
const MAX_LENGTH = 2_000;

/**
 * What may be shown of a text that others wrote: without the secrets that `scrub` knows, and only then cut, for half of a
 * secret is none that is known. Plugins therefore leave what they quote as long as it is.
 */
export function toldBy(scrub: Scrub, max = MAX_LENGTH): Scrub {
  return (text) => {
    const clean = scrub(text);
    return clean.length <= max ? clean : `${clean.slice(0, max - 1).toWellFormed()}…`;
  };
}
