import { type CallBudget, type IntegrationConfig, retryAfterMs } from '@integrations/provider-kit';
import type { BitbucketDataCenterConfig } from './config';

/** Of the requests that flow in, the rest is left to reading: a look goes before each write. */
const SHARE_OF_WRITES = 2 / 5;
const WINDOW_MS = 5_000;
/** An interval of a bucket that does not tell its own: Bitbucket's is a second. */
const INTERVAL_MS = 1_000;

/**
 * Bitbucket gives each user a bucket of tokens, of which every request takes one, and which fills at a steady rate. It is
 * off unless an administrator turns it on.
 * https://confluence.atlassian.com/bitbucketserver/improving-instance-stability-with-rate-limiting-976171954.html
 */
export function budget({ config }: IntegrationConfig<BitbucketDataCenterConfig>): CallBudget {
  const { requestsPerSecond: rate } = config;
  if (rate === undefined) return { account: null, limits: {} };
  const max = Math.floor((rate * SHARE_OF_WRITES * WINDOW_MS) / 1_000);
  return { account: null, limits: { write: [{ max, perMs: WINDOW_MS }] } };
}

/** Which limit a call counts for; null for none. */
export function kindOf(method: string): 'write' | null {
  return method === 'GET' ? null : 'write';
}

/** How long to leave an empty bucket to fill, in milliseconds; null while it holds something. */
export function pauseMs(headers: Readonly<Record<string, string>>): number | null {
  return headers['x-ratelimit-remaining']?.trim() === '0' ? intervalMs(headers) : null;
}

/** How long Bitbucket asks us to wait: `Retry-After`, else until the next token. */
export function waitMs(headers: Readonly<Record<string, string>>, now: number): number {
  return retryAfterMs(headers, now) ?? intervalMs(headers);
}

function intervalMs(headers: Readonly<Record<string, string>>): number {
  const seconds = Number(headers['x-ratelimit-interval-seconds']);
  return seconds > 0 && seconds <= 3_600 ? seconds * 1_000 : INTERVAL_MS;
}
