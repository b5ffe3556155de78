import type { CallBudget, IntegrationConfig } from '@integrations/provider-kit';
import type { BitbucketCloudConfig } from './config';

const HOUR_MS = 3_600_000;
/** What of the hour is left to probes, to listing, and to whoever else uses the account. */
const LEFT_FOR_OTHERS = 50;

/** Bitbucket counts by account, whom the credential alone tells. https://support.atlassian.com/bitbucket-cloud/docs/api-request-limits/ */
export function budget({ config }: IntegrationConfig<BitbucketCloudConfig>): CallBudget {
  return { account: null, limits: { request: [{ max: config.requestsPerHour - LEFT_FOR_OTHERS, perMs: HOUR_MS }] } };
}

/** Reads count as much as writes; what is no repository's has a limit of its own, far off. */
export function counts(path: string): boolean {
  return path.startsWith('/repositories/');
}
