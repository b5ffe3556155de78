import { retryAfterMs } from '@integrations/provider-kit';
import { type ApiRequest, GRAPHQL } from './transport';

/** Of the 5,000 calls or more an hour, what is left to probes and to people. */
const LEFT_FOR_OTHERS = 50;

const NOTIFIES = /\/(comments|reviews|replies)$/;

/** Which limits a call as the installation counts for; null for none. */
export function kindOf({ method, path }: Pick<ApiRequest, 'method' | 'path'>): 'content' | 'write' | 'graphql' | null {
  if (method === 'GET') return null;
  if (path === GRAPHQL) return 'graphql';
  return method === 'POST' && NOTIFIES.test(path) ? 'content' : 'write';
}

/** How long to leave the rest of the hour's calls to others, in milliseconds; `kind`: of those only. */
export interface Pause {
  readonly ms: number;
  readonly kind?: 'graphql';
}

/** REST and GraphQL have an hour's calls each. Null while there are enough. */
export function pauseAfter(headers: Readonly<Record<string, string>>, now: number): Pause | null {
  const { 'x-ratelimit-remaining': remaining, 'x-ratelimit-resource': resource = 'core' } = headers;
  if (remaining === undefined || Number(remaining) > LEFT_FOR_OTHERS) return null;
  if (resource !== 'core' && resource !== 'graphql') return null;
  const ms = retryAfterMs({ ...headers, 'x-ratelimit-remaining': '0' }, now);
  if (ms === undefined) return null;
  return resource === 'graphql' ? { ms, kind: resource } : { ms };
}
