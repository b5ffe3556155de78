import type { CallBudget, IntegrationConfig } from '@integrations/provider-kit';
import type { GiteaConfig } from './config';

const MINUTE_MS = 60_000;

/** A courtesy limit, because Gitea has none. Only the token identifies the user, so the account is unknown here. */
export function budget({ config }: IntegrationConfig<GiteaConfig>): CallBudget {
  return { account: null, limits: { write: [{ max: config.writesPerMinute, perMs: MINUTE_MS }] } };
}
