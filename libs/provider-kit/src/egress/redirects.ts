import { ProviderError } from '../provider-error';
import type { EgressResponse } from './egress';

export const MAX_REDIRECTS = 3;

const SAFE_METHODS = ['GET', 'HEAD'];

/**
 * Where to ask next, or null when the response is the answer. Only within the origin: credentials go nowhere else.
 * 301, 302 and 303 are followed for GET and HEAD; 307 and 308 mean the same request again, whatever its method
 * (GitHub answers reads of a renamed repository with 301, writes with 307).
 * https://docs.github.com/en/rest/using-the-rest-api/best-practices-for-using-the-rest-api#follow-redirects
 */
export function redirectTarget(method: string, from: URL, response: EgressResponse): URL | null {
  const location = response.headers['location'];
  if (!location || !repeats(method, response.status)) return null;

  const target = URL.parse(location, from.href);
  if (!target) throw new ProviderError('network', `${from.host} redirects to what is no URL`, { stage: 'http' });
  if (target.origin !== from.origin || target.username || target.password) {
    const message = `${from.origin} redirects to ${target.origin}: redirects to another origin are not followed`;
    throw new ProviderError('egress_blocked', message, { stage: 'http' });
  }
  return target;
}

function repeats(method: string, status: number): boolean {
  if (status === 307 || status === 308) return true;
  return SAFE_METHODS.includes(method) && (status === 301 || status === 302 || status === 303);
}
