import type { CallBudget, IntegrationConfig } from '@integrations/provider-kit';
import type { GiteaConfig } from './config';

const MINUTE_MS = 60_000;

/** A courtesy: Gitea counts nothing. Whose the calls are, the token alone tells. */
export function budget({ config }: IntegrationConfig<GiteaConfig>): CallBudget {
  return { account: null, limits: { write: [{ max: config.writesPerMinute, perMs: MINUTE_MS }] } };
}
