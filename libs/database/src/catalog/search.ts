/**
 * What to_tsquery takes for "each of these words begins a word": `acme git` is `'acme':* & 'git':*`. Letters, digits and
 * their marks make words, as in the column `words`, so that nothing of the caller's is read as an operator.
 */
export function prefixQuery(text: string): string {
  const words = text.split(/[^\p{L}\p{N}\p{M}]+/u).filter((word) => /[\p{L}\p{N}]/u.test(word));
  return words.map((word) => `'${word}':*`).join(' & ');
}
