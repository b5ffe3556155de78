import type { CallBudget, IntegrationConfig } from '@integrations/provider-kit';
import type { GitHubAppConfig } from './config';

/**
 * GitHub.com's limits on writes by an installation. Content is everything that notifies people: comments and reviews.
 * Any other write, such as a status or a check run, costs five of 900 points a minute: 80 of them leave 500, of which
 * content takes up to 400 in its busiest minute. GraphQL has 2,000 points a minute of its own, and a mutation costs
 * five: 300 calls leave 500 even if all of them are mutations.
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
 * GitHub counts per installation, of which an owner has one. No limits for GitHub Enterprise Server unless the config
 * sets them: its rate limits are off by default.
 */
export function budget({ endpoint, config }: IntegrationConfig<GitHubAppConfig>, owner: string): CallBudget {
  const { appId, installationId, rateLimits } = config;
  const applies = rateLimits ?? (HOSTED.test(new URL(endpoint).hostname) ? 'github.com' : 'none');
  return {
    account: [appId, installationId === undefined ? owner.toLowerCase() : String(installationId)],
    limits: applies === 'none' ? {} : LIMITS,
    // GraphQL has its own hourly limit of 5,000 points, as its headers say.
    apart: ['graphql'],
  };
}
