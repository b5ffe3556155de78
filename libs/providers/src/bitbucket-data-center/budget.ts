import { type CallBudget, type IntegrationConfig, retryAfterMs } from '@integrations/provider-kit';
import type { BitbucketDataCenterConfig } from './config';

/** The share of the refill rate that writes may use. The rest is for reads: each write is preceded by one. */
const SHARE_OF_WRITES = 2 / 5;
const WINDOW_MS = 5_000;
/** The refill interval if the headers do not name it; Bitbucket's own is one second. */
const INTERVAL_MS = 1_000;

/**
 * Bitbucket gives each user a token bucket: every request takes a token, and the bucket refills at a steady rate. The
 * limit is off unless an administrator turns it on.
 * https://confluence.atlassian.com/bitbucketserver/improving-instance-stability-with-rate-limiting-976171954.html
 */
export function budget({ config }: IntegrationConfig<BitbucketDataCenterConfig>): CallBudget {
  const { requestsPerSecond: rate } = config;
  if (rate === undefined) return { account: null, limits: {} };
  const max = Math.floor((rate * SHARE_OF_WRITES * WINDOW_MS) / 1_000);
  return { account: null, limits: { write: [{ max, perMs: WINDOW_MS }] } };
}

/** The rate limit that a call counts against; null for none. */
export function kindOf(method: string): 'write' | null {
  return method === 'GET' ? null : 'write';
}

/** A pause in milliseconds that lets an empty bucket refill; null while tokens remain. */
export function pauseMs(headers: Readonly<Record<string, string>>): number | null {
  return headers['x-ratelimit-remaining']?.trim() === '0' ? intervalMs(headers) : null;
}

/** The wait that Bitbucket asks for: `Retry-After`, else until the next token. */
export function waitMs(headers: Readonly<Record<string, string>>, now: number): number {
  return retryAfterMs(headers, now) ?? intervalMs(headers);
}

function intervalMs(headers: Readonly<Record<string, string>>): number {
  const seconds = Number(headers['x-ratelimit-interval-seconds']);
  return seconds > 0 && seconds <= 3_600 ? seconds * 1_000 : INTERVAL_MS;
}
