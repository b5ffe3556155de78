/**
 * For fields that one vendor shows as plain text and another posts as a note: reads the same, mentions nobody, refers to
 * nothing and begins no quick action. Cleaned text only.
 */
export function plain(text: string, { ascii }: { readonly ascii: boolean }): string {
  const apart = ascii ? ' ' : '\u200b';
  return text
    .replace(/[@#!%^~$&](?=[\p{L}\p{N}_"])/gu, `$&${apart}`)
    .replace(/^([ \t]*)\/(?=\w)/gm, `$1${ascii ? '.' : '\u200b'}/`)
    .replace(/<(?=[!/a-z])/gi, `<${apart}`);
}
