import { MAX_ENDPOINT, type Validated } from '@integrations/contracts';

/** The base URL as it is stored: no trailing slash, default port or upper-case host; nothing but scheme, host and path. */
export function normaliseEndpoint(text: string): Validated<string> {
  const url = URL.parse(text);
  if (!url) return refused('must be a URL');
  if (url.username !== '' || url.password !== '') return refused('must not contain a user or password; use authRef');
  // An empty query or fragment leaves no trace in the parsed URL.
  if (/[?#]/.test(text)) return refused('must have no query string and no fragment');
  const value = url.href.replace(/\/+$/, '');
  // What is not ASCII has grown; and every later patch of anything validates what is stored again.
  if (value.length > MAX_ENDPOINT)
    return refused(`must be at most ${MAX_ENDPOINT} characters long when percent-encoded`);
  return { ok: true, value };
}

/** What events tell of an endpoint. */
export function hostOf(endpoint: string): string {
  return URL.parse(endpoint)?.host ?? '';
}

function refused(message: string): Validated<string> {
  return { ok: false, errors: [{ field: 'endpoint', message }] };
}
