import type { Scrub } from './scrub-and-cut';

/** Fields whose values are words of ours or repeat our request: a secret equal to such a word must not change them. */
const OUR_FIELDS = new Set(['outcome', 'status', 'state', 'conclusion', 'visibility', 'fingerprint', 'headSha']);
/** Below these keys, every name and value is the vendor's. */
const VENDOR_KEYS = ['labels', 'annotations'];
const NONE = new Set<string>();

/**
 * A service's answer without the secrets that `scrub` knows. A service may echo the credential it was shown; lists are
 * shown to users, and the URLs of posted annotations are stored and published in events.
 */
export function scrubResult<T>(result: T, scrub: Scrub): T {
  const text = JSON.stringify(result) ?? '';
  return scrub(text) === text ? result : (scrubbed(result, scrub) as T); // nearly always
}

function scrubbed(value: unknown, scrub: Scrub, ours = OUR_FIELDS): unknown {
  if (typeof value === 'string') return scrub(value);
  if (Array.isArray(value)) return value.map((item) => scrubbed(item, scrub, ours));
  if (typeof value !== 'object' || value === null) return value;
  const clean = Object.entries(value).map(([key, child]) => {
    if (ours.has(key)) return [key, child];
    return [scrub(key), scrubbed(child, scrub, VENDOR_KEYS.includes(key) ? NONE : ours)];
  });
  return Object.fromEntries(clean);
}
