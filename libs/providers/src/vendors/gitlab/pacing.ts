import { retryAfterMs } from '@integrations/provider-kit';

/** Of the calls remaining by the headers, this many are left to probes and to people. */
const LEFT_FOR_OTHERS = 50;

const MAKES_NOTE = /\/(notes|discussions)$/;

/** The rate limit that a call counts against; null for none. */
export function kindOf(method: string, path: string): 'note' | 'write' | null {
  if (method === 'GET') return null;
  return method === 'POST' && MAKES_NOTE.test(path) ? 'note' : 'write';
}

/** A pause in milliseconds that leaves the rest of the minute's calls to others; null while enough calls remain. */
export function pauseMs(headers: Readonly<Record<string, string>>, now: number): number | null {
  const remaining = headers['ratelimit-remaining'];
  if (remaining === undefined || Number(remaining) > LEFT_FOR_OTHERS) return null;
  return waitMs(headers, now) ?? null;
}

/** The wait that GitLab asks for: `Retry-After`, else until its window ends; undefined if it names neither. */
export function waitMs(headers: Readonly<Record<string, string>>, now: number): number | undefined {
  const reset = headers['ratelimit-reset'];
  if (reset === undefined) return retryAfterMs(headers, now);
  return retryAfterMs({ ...headers, 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': reset }, now);
}
