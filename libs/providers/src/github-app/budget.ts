import { type CallBudget, type IntegrationConfig, retryAfterMs } from '@integrations/provider-kit';
import type { GitHubAppConfig } from './config';
import type { ApiRequest } from './transport';

/**
 * What GitHub.com lets an installation write. Content is what notifies people: comments and reviews. Everything else
 * that writes, statuses and check runs among it, costs five of 900 points a minute; this leaves 300 for reading.
 * https://docs.github.com/en/rest/using-the-rest-api/rate-limits-for-the-rest-api#about-secondary-rate-limits
 */
const LIMITS: CallBudget['limits'] = {
  content: [
    { max: 1, perMs: 1_000 },
    { max: 80, perMs: 60_000 },
    { max: 500, perMs: 3_600_000 },
  ],
  write: [{ max: 80, perMs: 60_000 }],
};

/** Of the 5,000 calls or more an hour, what is left to probes and to people. */
const LEFT_FOR_OTHERS = 50;

const NOTIFIES = /\/(comments|reviews|replies)$/;
const HOSTED = /^api\.(github|[^.]+\.ghe)\.com$/;

/**
 * GitHub counts by installation, of which an owner has one. Off at an Enterprise Server, unless the configuration says
 * otherwise: its rate limits are off unless an administrator turns them on.
 */
export function budget({ endpoint, config }: IntegrationConfig<GitHubAppConfig>, owner: string): CallBudget {
  const { appId, installationId, rateLimits } = config;
  const applies = rateLimits ?? (HOSTED.test(new URL(endpoint).hostname) ? 'github.com' : 'none');
  return {
    account: [appId, installationId === undefined ? owner.toLowerCase() : String(installationId)],
    limits: applies === 'none' ? {} : LIMITS,
  };
}

/** Which limits a call as the installation counts for; null for none. */
export function kindOf({ method, path }: Pick<ApiRequest, 'method' | 'path'>): 'content' | 'write' | null {
  if (method === 'GET' || path === '/graphql') return null;
  return method === 'POST' && NOTIFIES.test(path) ? 'content' : 'write';
}

/** How long to leave the rest of the hour's calls to others, in milliseconds; null while there are enough. */
export function pauseMs(headers: Readonly<Record<string, string>>, now: number): number | null {
  const remaining = headers['x-ratelimit-remaining'];
  const isCore = (headers['x-ratelimit-resource'] ?? 'core') === 'core';
  if (!isCore || remaining === undefined || Number(remaining) > LEFT_FOR_OTHERS) return null;
  return retryAfterMs({ ...headers, 'x-ratelimit-remaining': '0' }, now) ?? null;
}
