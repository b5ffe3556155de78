import type { ProbeVerdict } from '@integrations/contracts';
import type { IntegrationConfig, ProviderDeps } from '@integrations/provider-kit';
import { checkApp, type Needs, testApp } from '../vendors/github/app-probe';
import type { GitHubActionsConfig } from './config';

/** The permissions needed to read workflows and their runs. */
export const NEEDS: Needs = {
  required: ['actions:read'],
  capabilities: [
    ['actions:read', 'pipelines'],
    ['actions:read', 'runs'],
  ],
};

type Integration = IntegrationConfig<GitHubActionsConfig>;

/** A deep test: the key, the app, the installation's permissions, and an installation token. Reads only. */
export function testConnection(
  integration: Integration,
  deps: ProviderDeps,
  signal: AbortSignal,
): Promise<ProbeVerdict> {
  return testApp(integration, deps, NEEDS, signal);
}

/** A cheap check: one call signed with the app's key, which does not count against an installation's rate limit. */
export function checkHealth(integration: Integration, deps: ProviderDeps, signal: AbortSignal): Promise<ProbeVerdict> {
  return checkApp(integration, deps, NEEDS, signal);
}
