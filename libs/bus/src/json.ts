/** A body parsed as JSON, or the end of a sentence that says why it could not be parsed. */
export type ParsedJson =
  { readonly ok: true; readonly value: unknown } | { readonly ok: false; readonly message: string };

const encoder = new TextEncoder();
const decoder = new TextDecoder('utf-8', { fatal: true });

export function encodeJson(value: object): Uint8Array {
  return encoder.encode(JSON.stringify(value));
}

/** The message never quotes the body, which may hold content that must not be logged. */
export function parseJson(body: Uint8Array): ParsedJson {
  if (body.length === 0) return { ok: false, message: 'must be a JSON object, not empty' };
  const text = decodeUtf8(body);
  if (text === null) return { ok: false, message: 'must be JSON in UTF-8' };
  try {
    return { ok: true, value: JSON.parse(text) };
  } catch {
    return { ok: false, message: 'must be valid JSON' };
  }
}

function decodeUtf8(body: Uint8Array): string | null {
  try {
    return decoder.decode(body);
  } catch {
    return null;
  }
}
