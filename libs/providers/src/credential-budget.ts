import { hash } from 'node:crypto';
import type { CallBudget, ConnectorPlugin, IntegrationConfig } from '@integrations/provider-kit';
import { BUDGET, sound } from './answers';
import type { Guarded } from './as-provider-error';

/** The rate limits that an integration shares with all others that the vendor knows by the same credential. */
export interface CredentialBudget {
  /** Names provider, endpoint and account, or the reference of the credential, without giving them away. */
  readonly credential: string;
  readonly limits: CallBudget['limits'];
  /** Kinds of calls that are counted apart. */
  readonly apart: readonly string[];
}

/** Null if there is nothing that could be shared. May throw what the plugin throws, and ProviderError `internal`. */
export function credentialBudget(
  guarding: Guarded,
  plugin: ConnectorPlugin,
  integration: IntegrationConfig,
  authRef: string | null,
  owner: string,
): CredentialBudget | null {
  const answer = plugin.budget?.(integration, owner);
  const budget = answer && sound(guarding, 'budget', BUDGET, answer);
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
