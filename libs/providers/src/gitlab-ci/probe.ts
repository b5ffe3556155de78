import type { ProbeVerdict } from '@integrations/contracts';
import type { IntegrationConfig, ProviderDeps } from '@integrations/provider-kit';
import { checkToken, type Needs, testToken } from '../vendors/gitlab/token-probe';
import { withBearer } from './client';
import type { GitLabCiConfig } from './config';

/** What looking at pipelines needs: the scope says what a token may do, the role where. */
export const NEEDS: Needs = {
  scopes: ['read_api'],
  capabilities: [
    ['read_api', 'pipelines'],
    ['read_api', 'runs'],
  ],
  role: {
    level: 20,
    lacking: 'The user of the token is a Reporter of no project: pipelines that are not public need that role',
  },
};

type Integration = IntegrationConfig<GitLabCiConfig>;

/** Deep: the token with its scopes, its user, the instance and whether the user may see pipelines anywhere. Reads only. */
export function testConnection(
  integration: Integration,
  deps: ProviderDeps,
  signal: AbortSignal,
): Promise<ProbeVerdict> {
  return testToken(withBearer(integration), deps, NEEDS, signal);
}

/** Cheap: one call, for the token. */
export function checkHealth(integration: Integration, deps: ProviderDeps, signal: AbortSignal): Promise<ProbeVerdict> {
  return checkToken(withBearer(integration), deps, NEEDS, signal);
}
