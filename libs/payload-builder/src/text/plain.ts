/**
 * Text for fields that one vendor shows as plain text and another posts as a note. It reads the same in both, and
 * contains no mention, reference or quick action. The input must be clean already.
 */
export function plain(text: string, { ascii }: { readonly ascii: boolean }): string {
  const apart = ascii ? ' ' : '\u200b';
  return text
    .replace(/[@#!%^~$&](?=[\p{L}\p{N}_"])/gu, `$&${apart}`)
    .replace(/^([ \t]*)\/(?=\w)/gm, `$1${ascii ? '.' : '\u200b'}/`)
    .replace(/<(?=[!/a-z])/gi, `<${apart}`);
}
