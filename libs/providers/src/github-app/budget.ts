import type { CallBudget, IntegrationConfig } from '@integrations/provider-kit';
import type { GitHubAppConfig } from './config';

/**
 * What GitHub.com lets an installation write. Content is what notifies people: comments and reviews. Everything else
 * that writes, statuses and check runs among it, costs five of 900 points a minute; this leaves 300 for reading. GraphQL
 * has 2,000 points of its own, of which a mutation costs five: with every call taken for one, this leaves 500.
 * https://docs.github.com/en/rest/using-the-rest-api/rate-limits-for-the-rest-api#about-secondary-rate-limits
 */
const LIMITS: CallBudget['limits'] = {
  content: [
    { max: 1, perMs: 1_000 },
    { max: 80, perMs: 60_000 },
    { max: 500, perMs: 3_600_000 },
  ],
  write: [{ max: 80, perMs: 60_000 }],
  graphql: [{ max: 300, perMs: 60_000 }],
};

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
    // With an hour of its own: 5,000 points, as its headers tell.
    apart: ['graphql'],
  };
}
