import type { EgressResponse } from '../egress/egress';

/** True if an answer to `/v2/` is a registry's. Its body does not matter, unless it is a web page or broken JSON. */
export function isRegistry(response: EgressResponse): boolean {
  const type = response.headers['content-type'] ?? '';
  if (/^text\/html\b/i.test(type)) return false;
  if (!/json/i.test(type) || response.body.length === 0) return true;
  try {
    JSON.parse(response.text());
    return true;
  } catch {
    return false;
  }
}
