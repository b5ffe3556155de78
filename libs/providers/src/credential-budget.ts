import { hash } from 'node:crypto';
import type { CallBudget, ConnectorPlugin, IntegrationConfig } from '@integrations/provider-kit';
import { BUDGET, checkedAnswer } from './answers';
import type { Guarded } from './as-provider-error';

/** The rate limits that an integration shares with every other one that uses the same credential. */
export interface CredentialBudget {
  /** Hash of provider, endpoint and account; if the account is unknown, of the credential's reference instead. */
  readonly credential: string;
  readonly limits: CallBudget['limits'];
  /** Kinds of calls that have a budget of their own. */
  readonly apart: readonly string[];
}

/** Null if the integration has no credential to share. Throws what the plugin throws, and ProviderError `internal`. */
export function credentialBudget(
  guarding: Guarded,
  plugin: ConnectorPlugin,
  integration: IntegrationConfig,
  authRef: string | null,
  owner: string,
): CredentialBudget | null {
  const answer = plugin.budget?.(integration, owner);
  const budget = answer && checkedAnswer(guarding, 'budget', BUDGET, answer);
  const known = budget?.account ?? null;
  if (!known && authRef === null) return null;
  const account = known ? ['account', ...known] : ['authRef', authRef];
  const name = JSON.stringify([plugin.provider, integration.endpoint, ...account]);
  return {
    credential: hash('sha256', name, 'base64url'),
    limits: budget?.limits ?? {},
    apart: budget?.apart ?? [],
  };
}
