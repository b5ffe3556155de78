import type { ProbeVerdict } from '@integrations/contracts';
import type { IntegrationConfig, ProviderDeps } from '@integrations/provider-kit';
import { checkApp, type Needs, testApp } from '../vendors/github/app-probe';
import type { GitHubAppConfig } from './config';

/** The permissions that annotating needs. */
export const NEEDS: Needs = {
  required: ['checks:write', 'pull_requests:write', 'statuses:write'],
  // For resolving review threads.
  optional: ['contents:write'],
  capabilities: [
    ['pull_requests:write', 'comment'],
    ['statuses:write', 'status'],
    ['checks:write', 'check_run'],
    ['metadata:read', 'repositories'],
  ],
};

type Integration = IntegrationConfig<GitHubAppConfig>;

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
