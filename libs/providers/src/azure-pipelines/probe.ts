import type { ProbeVerdict } from '@integrations/contracts';
import type { IntegrationConfig, Probe, ProviderDeps } from '@integrations/provider-kit';
import { checkAccount, testAccount } from '../vendors/azure-devops/account-probe';
import { AzureDevOpsClient } from '../vendors/azure-devops/client';
import type { AzureDevOpsConfig } from '../vendors/azure-devops/config';
import { readRights, type WantedRights } from '../vendors/azure-devops/rights';
import { pageAt } from './pages';
import { isDefinition } from './pipelines';
import { definitionsPath } from './place';

/** The permissions in a project that are needed to read pipelines. */
// https://learn.microsoft.com/azure/devops/organizations/security/namespace-reference#build
export const RIGHTS: WantedRights = {
  namespace: '33344d9c-fc72-4d6f-aba5-fa317101a7e9',
  bits: { ViewBuilds: 1, ViewBuildDefinition: 1_024 },
  tokenOf: (projectId) => projectId,
};

type Integration = IntegrationConfig<AzureDevOpsConfig>;

/** A deep test: the account, the server, the account's permissions, and a list of pipelines. Reads only. */
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
  const client = new AzureDevOpsClient(integration, probe.deps);
  const { permissions, lacking, asked, firstAllowed } = await readRights(client, RIGHTS, probe.signal);
  // The scopes of the token may allow less than the account's permissions.
  if (firstAllowed) await checkPipelines(probe, client, firstAllowed.name);
  const mayRead = permissions.missing.length === 0;
  probe.note({
    permissions,
    capabilities: mayRead ? ['pipelines', 'runs'] : [],
    warnings: [
      ...(asked === 0 ? ['The account sees no project'] : []),
      ...(mayRead && lacking > 0
        ? [`In ${lacking} of the first ${asked} projects the account may not see builds`]
        : []),
      ...(integration.config.credentialKind === 'personal_access_token'
        ? ['Azure DevOps does not report when a personal access token expires']
        : []),
    ],
  });
}

async function checkPipelines({ signal }: Probe, client: AzureDevOpsClient, project: string): Promise<void> {
  await pageAt(client, { path: definitionsPath(project), query: { $top: '1' }, token: null }, isDefinition, signal);
}
