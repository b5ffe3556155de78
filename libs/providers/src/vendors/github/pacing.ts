import { retryAfterMs } from '@integrations/provider-kit';
import { type ApiRequest, GRAPHQL } from './transport';

/** Of the hourly limit of 5,000 calls or more, this many are left to probes and to people. */
const LEFT_FOR_OTHERS = 50;

const NOTIFYING_PATH = /\/(comments|reviews|replies)$/;

/** The rate limits that a call as the installation counts against; null for none. */
export function kindOf({ method, path }: Pick<ApiRequest, 'method' | 'path'>): 'content' | 'write' | 'graphql' | null {
  if (method === 'GET') return null;
  if (path === GRAPHQL) return 'graphql';
  return method === 'POST' && NOTIFYING_PATH.test(path) ? 'content' : 'write';
}

/** A pause in milliseconds that leaves the rest of the hour's calls to others; `kind`: applies to these calls only. */
export interface Pause {
  readonly ms: number;
  readonly kind?: 'graphql';
}

/** REST and GraphQL have separate hourly limits. Null while enough calls remain. */
export function pauseAfter(headers: Readonly<Record<string, string>>, now: number): Pause | null {
  const { 'x-ratelimit-remaining': remaining, 'x-ratelimit-resource': resource = 'core' } = headers;
  if (remaining === undefined || Number(remaining) > LEFT_FOR_OTHERS) return null;
  if (resource !== 'core' && resource !== 'graphql') return null;
  const ms = retryAfterMs({ ...headers, 'x-ratelimit-remaining': '0' }, now);
  if (ms === undefined) return null;
  return resource === 'graphql' ? { ms, kind: resource } : { ms };
}
