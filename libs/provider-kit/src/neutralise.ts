/** How the hidden marker of a posted comment begins, in either of its forms. */
const MARKER = /(<!--\s*|\[\/\/\]:\s*#\s*\(\s*)integrations:/gi;

// C0 and C1 controls but tab, line feed and carriage return; the embeddings, overrides and isolates that make text read
// otherwise than it is written. Left-to-right and right-to-left marks stay: Hebrew and Arabic need them.
const INVISIBLE = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/g;

/**
 * Makes a body that others wrote safe to post under our name: no control characters, no reordering of text, no lone
 * surrogates, and no marker of ours in it, which would make us take a stranger's comment for our own. All else is
 * left as it is. Add the real marker afterwards.
 */
export function neutralise(body: string): string {
  return body.toWellFormed().replace(INVISIBLE, '').replace(MARKER, '$1integrations&#58;');
}
