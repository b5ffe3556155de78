/** The beginning of the hidden marker of a posted comment, in either form. */
const MARKER = /(<!--\s*|\[\/\/\]:\s*#\s*\(\s*)integrations:/gi;

// C0 and C1 controls except tab, line feed and carriage return; and the embeddings, overrides and isolates that make
// text display in another order than it is written. Left-to-right and right-to-left marks stay: Hebrew and Arabic need
// them.
const INVISIBLE = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/g;

/**
 * Makes a body that others wrote safe to post under our name: removes control characters, characters that reorder text
 * and lone surrogates, and defuses markers, because a marker of ours identifies a comment as our own. Changes nothing
 * else. Add the real marker afterwards.
 */
export function neutralise(body: string): string {
  return body.toWellFormed().replace(INVISIBLE, '').replace(MARKER, '$1integrations&#58;');
}
