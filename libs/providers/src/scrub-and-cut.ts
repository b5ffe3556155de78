export type Scrub = (text: string) => string;

/** Longest message in characters: a service could otherwise fill a whole answer with it. */
const MAX_LENGTH = 2_000;

/**
 * Makes a text written by others safe to show: removes the secrets that `scrub` knows, then cuts it to `max`
 * characters. In this order, because half a secret is not recognised. Plugins must therefore quote texts uncut.
 */
export function scrubAndCut(scrub: Scrub, max = MAX_LENGTH): Scrub {
  return (text) => {
    const clean = scrub(text);
    return clean.length <= max ? clean : `${clean.slice(0, max - 1).toWellFormed()}…`;
  };
}
