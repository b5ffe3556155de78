import type { EgressResponse } from '../egress/egress';

/** Of an answer to `/v2/` the body is of no use, but a page or half an answer is of something else. */
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
