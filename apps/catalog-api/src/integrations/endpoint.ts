import { MAX_ENDPOINT, type Validated } from '@integrations/contracts';

/**
 * The base URL as it is stored: scheme, host and path only, without trailing slash, default port or upper-case host.
 */
export function normaliseEndpoint(text: string): Validated<string> {
  const url = URL.parse(text);
  if (!url) return refused('must be a URL');
  if (url.username !== '' || url.password !== '') return refused('must not contain a user or password; use authRef');
  // Check the text: an empty query or fragment does not show in the parsed URL.
  if (/[?#]/.test(text)) return refused('must have no query string and no fragment');
  const value = url.href.replace(/\/+$/, '');
  // Percent-encoding may have made the URL longer, and every later patch validates the stored value again.
  if (value.length > MAX_ENDPOINT)
    return refused(`must be at most ${MAX_ENDPOINT} characters long when percent-encoded`);
  return { ok: true, value };
}

/** The host of an endpoint, for events. */
export function hostOf(endpoint: string): string {
  return URL.parse(endpoint)?.host ?? '';
}

function refused(message: string): Validated<string> {
  return { ok: false, errors: [{ field: 'endpoint', message }] };
}
