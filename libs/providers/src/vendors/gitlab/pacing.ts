import { retryAfterMs } from '@integrations/provider-kit';

/** Of the calls that the headers tell, what is left to probes and to people. */
const LEFT_FOR_OTHERS = 50;

const MAKES_NOTE = /\/(notes|discussions)$/;

/** Which limit a call counts for; null for none. */
export function kindOf(method: string, path: string): 'note' | 'write' | null {
  if (method === 'GET') return null;
  return method === 'POST' && MAKES_NOTE.test(path) ? 'note' : 'write';
}

/** How long to leave the rest of a minute's calls to others, in milliseconds; null while there are enough. */
export function pauseMs(headers: Readonly<Record<string, string>>, now: number): number | null {
  const remaining = headers['ratelimit-remaining'];
  if (remaining === undefined || Number(remaining) > LEFT_FOR_OTHERS) return null;
  return waitMs(headers, now) ?? null;
}

/** How long GitLab asks us to wait: `Retry-After`, else until its window ends; undefined if it does not say. */
export function waitMs(headers: Readonly<Record<string, string>>, now: number): number | undefined {
  const reset = headers['ratelimit-reset'];
  if (reset === undefined) return retryAfterMs(headers, now);
  return retryAfterMs({ ...headers, 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': reset }, now);
}
