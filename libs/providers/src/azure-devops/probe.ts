import type { Capability, ProbeVerdict } from '@integrations/contracts';
import type { IntegrationConfig, Probe, ProviderDeps } from '@integrations/provider-kit';
import { checkAccount, testAccount } from '../vendors/azure-devops/account-probe';
import { AzureDevOpsClient } from '../vendors/azure-devops/client';
import type { AzureDevOpsConfig } from '../vendors/azure-devops/config';
import { readRights, type WantedRights } from '../vendors/azure-devops/rights';

/** The permissions that annotating needs in the repositories of a project. */
// https://learn.microsoft.com/azure/devops/organizations/security/namespace-reference#git-repositories
export const RIGHTS: WantedRights = {
  namespace: '2e9eb7ed-3c0a-47d4-87c1-0ffdd275fd87',
  bits: { GenericRead: 2, GenericContribute: 4, PullRequestContribute: 16_384 },
  tokenOf: (projectId) => `repoV2/${projectId}`,
};

type Integration = IntegrationConfig<AzureDevOpsConfig>;

/** A deep test: the account, the server, and the account's permissions in the first projects. Reads only. */
export function testConnection(
  integration: Integration,
  deps: ProviderDeps,
  signal: AbortSignal,
): Promise<ProbeVerdict> {
  return testAccount(integration, deps, (probe) => judge(probe, integration), signal);
}

/** A cheap check: one call, for the account. */
export function checkHealth(integration: Integration, deps: ProviderDeps, signal: AbortSignal): Promise<ProbeVerdict> {
  return checkAccount(integration, deps, signal);
}

async function judge(probe: Probe, integration: Integration): Promise<void> {
  const rights = await readRights(new AzureDevOpsClient(integration, probe.deps), RIGHTS, probe.signal);
  const { permissions, lacking, asked } = rights;
  const isOpaque = integration.config.credentialKind === 'personal_access_token';
  probe.note({
    permissions,
    capabilities: capabilitiesOf(permissions.granted),
    warnings: [
      ...(asked === 0 ? ['The account sees no project'] : []),
      ...(lacking > 0 && lacking < asked
        ? [`In ${lacking} of the first ${asked} projects the account may not annotate everywhere`]
        : []),
      ...(isOpaque ? ['Azure DevOps reports neither the scopes nor the expiry of a personal access token'] : []),
    ],
  });
}

function capabilitiesOf(granted: readonly string[]): Capability[] {
  const has = (name: string) => granted.includes(name);
  return [
    ...(has('PullRequestContribute') ? (['comment'] as const) : []),
    ...(has('PullRequestContribute') && has('GenericContribute') ? (['status', 'check_run'] as const) : []),
    ...(has('GenericRead') ? (['repositories'] as const) : []),
  ];
}
