import { ProviderError } from '../provider-error';
import type { EgressResponse } from './egress';
import type { Call } from './exchange';

export const MAX_REDIRECTS = 3;

const SAFE_METHODS = ['GET', 'HEAD'];

/**
 * The URL to call next, or null if the response is final. Stays within the origin unless the call may leave it.
 * 301, 302 and 303 are followed for GET and HEAD; 307 and 308 repeat the request with any method
 * (GitHub answers reads of a renamed repository with 301, writes with 307).
 * https://docs.github.com/en/rest/using-the-rest-api/best-practices-for-using-the-rest-api#follow-redirects
 */
export function redirectTarget({ method, url: from, mayLeave }: Call, response: EgressResponse): URL | null {
  const location = response.headers['location'];
  if (!location || !repeats(method, response.status)) return null;

  const target = URL.parse(location, from.href);
  if (!target) throw new ProviderError('network', `${from.host} redirects to an invalid URL`, { stage: 'http' });
  const isElsewhere = target.origin !== from.origin;
  const leaves = mayLeave && SAFE_METHODS.includes(method) && target.protocol === 'https:';
  if ((isElsewhere && !leaves) || target.username || target.password) {
    const message = `${from.origin} redirects to ${target.origin}: redirects to another origin are not followed`;
    const error = new ProviderError('egress_blocked', message, { stage: 'http' });
    throw Object.assign(error, { redirectsTo: target.origin });
  }
  return target;
}

/** The origin of a redirect that was not followed; undefined for any other error. */
export function refusedRedirect(error: unknown): string | undefined {
  return error instanceof ProviderError && 'redirectsTo' in error ? String(error.redirectsTo) : undefined;
}

/** The same call at another origin. Drops all headers but three, because any other may hold a credential. */
export function callElsewhere({ headers, ...call }: Call, url: URL): Call {
  const kept = ['user-agent', 'accept', 'accept-encoding'].filter((name) => headers[name] !== undefined);
  const bare = Object.fromEntries(kept.map((name) => [name, headers[name]!]));
  return { ...call, url, origin: url.origin, peer: url.host, headers: bare };
}

function repeats(method: string, status: number): boolean {
  if (status === 307 || status === 308) return true;
  return SAFE_METHODS.includes(method) && (status === 301 || status === 302 || status === 303);
}
