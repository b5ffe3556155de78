import type { Scrub } from './told';

/** What is said in words of ours, or is what we asked with: a secret that reads like one of them must change none. */
const OURS = new Set(['outcome', 'status', 'state', 'conclusion', 'visibility', 'fingerprint', 'headSha']);
/** Below these, what is said is theirs, by whatever name. */
const THEIRS = ['labels', 'annotations'];
const NONE = new Set<string>();

/**
 * What a service answered, without the secrets that `scrub` knows: a list is shown to whoever may read, the address of what was
 * posted is stored and told in events, and a service may put the credential that it was shown into either.
 */
export function scrubResult<T>(result: T, scrub: Scrub): T {
  const text = JSON.stringify(result) ?? '';
  return scrub(text) === text ? result : (scrubbed(result, scrub) as T); // as nearly always
}

function scrubbed(value: unknown, scrub: Scrub, ours = OURS): unknown {
  if (typeof value === 'string') return scrub(value);
  if (Array.isArray(value)) return value.map((item) => scrubbed(item, scrub, ours));
  if (typeof value !== 'object' || value === null) return value;
  const clean = Object.entries(value).map(([key, child]) => {
    if (ours.has(key)) return [key, child];
    return [scrub(key), scrubbed(child, scrub, THEIRS.includes(key) ? NONE : ours)];
  });
  return Object.fromEntries(clean);
}
