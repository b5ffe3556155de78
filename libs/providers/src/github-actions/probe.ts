import type { ProbeVerdict } from '@integrations/contracts';
import type { IntegrationConfig, ProviderDeps } from '@integrations/provider-kit';
import { checkApp, type Needs, testApp } from '../vendors/github/app-probe';
import type { GitHubActionsConfig } from './config';

/** What looking at workflows and their runs needs of an installation. */
export const NEEDS: Needs = {
  required: ['actions:read'],
  capabilities: [
    ['actions:read', 'pipelines'],
    ['actions:read', 'runs'],
  ],
};

type Integration = IntegrationConfig<GitHubActionsConfig>;

/** Deep: the key, the app, its installation with its permissions, and a token of it. Reads only. */
export function testConnection(
  integration: Integration,
  deps: ProviderDeps,
  signal: AbortSignal,
): Promise<ProbeVerdict> {
  return testApp(integration, deps, NEEDS, signal);
}

/** Cheap: one call with the app's key, which no installation's quota pays for. */
export function checkHealth(integration: Integration, deps: ProviderDeps, signal: AbortSignal): Promise<ProbeVerdict> {
  return checkApp(integration, deps, NEEDS, signal);
}
