import type { CallBudget, IntegrationConfig } from '@integrations/provider-kit';
import type { BitbucketCloudConfig } from './config';

const HOUR_MS = 3_600_000;
/** Of the hourly limit, this many calls are left to probes, to listing and to other users of the account. */
const LEFT_FOR_OTHERS = 50;

/**
 * Bitbucket counts per account. Only the credential identifies the account, so it is unknown here.
 * https://support.atlassian.com/bitbucket-cloud/docs/api-request-limits/
 */
export function budget({ config }: IntegrationConfig<BitbucketCloudConfig>): CallBudget {
  return { account: null, limits: { request: [{ max: config.requestsPerHour - LEFT_FOR_OTHERS, perMs: HOUR_MS }] } };
}

/** Reads count like writes. Calls outside repositories have a separate limit, which we never come near. */
export function counts(path: string): boolean {
  return path.startsWith('/repositories/');
}
