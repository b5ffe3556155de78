import type { ProbeVerdict } from '@integrations/contracts';
import type { IntegrationConfig, ProviderDeps } from '@integrations/provider-kit';
import { checkToken, type Needs, testToken } from '../vendors/gitlab/token-probe';
import { withBearer } from './client';
import type { GitLabCiConfig } from './config';

/** What reading pipelines needs: the scope limits what a token may do, the role limits where. */
export const NEEDS: Needs = {
  scopes: ['read_api'],
  capabilities: [
    ['read_api', 'pipelines'],
    ['read_api', 'runs'],
  ],
  role: {
    level: 20,
    lacking: "The token's user has the role Reporter in no project: pipelines that are not public need that role",
  },
};

type Integration = IntegrationConfig<GitLabCiConfig>;

/**
 * A deep test: the token's scopes, its user, the instance, and whether the user may see pipelines anywhere. Reads only.
 */
export function testConnection(
  integration: Integration,
  deps: ProviderDeps,
  signal: AbortSignal,
): Promise<ProbeVerdict> {
  return testToken(withBearer(integration), deps, NEEDS, signal);
}

/** A cheap check: one call, for the token. */
export function checkHealth(integration: Integration, deps: ProviderDeps, signal: AbortSignal): Promise<ProbeVerdict> {
  return checkToken(withBearer(integration), deps, NEEDS, signal);
}
