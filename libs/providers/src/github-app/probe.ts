import type { ProbeVerdict } from '@integrations/contracts';
import type { IntegrationConfig, ProviderDeps } from '@integrations/provider-kit';
import { checkApp, type Needs, testApp } from '../vendors/github/app-probe';
import type { GitHubAppConfig } from './config';

/** What annotating needs of an installation. */
export const NEEDS: Needs = {
  required: ['checks:write', 'pull_requests:write', 'statuses:write'],
  capabilities: [
    ['pull_requests:write', 'comment'],
    ['statuses:write', 'status'],
    ['checks:write', 'check_run'],
    ['metadata:read', 'repositories'],
  ],
};

type Integration = IntegrationConfig<GitHubAppConfig>;

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
