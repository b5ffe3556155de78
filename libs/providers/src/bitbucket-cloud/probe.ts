import type { ProbeVerdict } from '@integrations/contracts';
import { type IntegrationConfig, type Probe, type ProviderDeps, recognise, runProbe } from '@integrations/provider-kit';
import { BitbucketClient } from './client';
import type { BitbucketCloudConfig } from './config';
import { type Identity, readIdentity } from './identity';
import { capabilitiesOf, mayListWorkspaces, permissionsOf } from './scopes';

type Integration = IntegrationConfig<BitbucketCloudConfig>;

const OTHER_PRODUCT = 'This address does not serve the Bitbucket Cloud API. Use https://api.bitbucket.org';

const KINDS: Readonly<Record<string, string>> = {
  repo_access_token: 'repository_access_token',
  project_access_token: 'project_access_token',
  workspace_access_token: 'workspace_access_token',
};
const KINDS_BY_CONFIG = { access_token: 'access_token', api_token: 'user', oauth_consumer: 'oauth_consumer' } as const;

/** A deep test: the account, what its credential may do, and whether it sees any repositories. Reads only. */
export function testConnection(
  integration: Integration,
  deps: ProviderDeps,
  signal: AbortSignal,
): Promise<ProbeVerdict> {
  let identity: Identity | undefined;
  return runProbe({
    ...{ deps, signal, requireCredential: true },
    stages: {
      identity: async (probe) => {
        identity = await identify(probe, integration);
      },
      permissions: async (probe) => {
        judge(probe, identity!);
        await noteRepositories(probe, integration, identity!);
      },
    },
  });
}

/** A cheap check: one call, for the account. It does not count against the limit for repositories. */
export function checkHealth(integration: Integration, deps: ProviderDeps, signal: AbortSignal): Promise<ProbeVerdict> {
  let identity: Identity | undefined;
  return runProbe({
    ...{ deps, signal, requireCredential: true },
    stages: {
      identity: async (probe) => {
        identity = await identify(probe, integration);
      },
      permissions: async (probe) => judge(probe, identity!),
    },
  });
}

async function identify(probe: Probe, integration: Integration): Promise<Identity> {
  const client = new BitbucketClient(integration, probe.deps);
  const identity = await recognise(readIdentity(client, probe.signal), OTHER_PRODUCT);
  const { account, isNearLimit } = identity;
  const kind = KINDS[identity.kind ?? ''] ?? KINDS_BY_CONFIG[integration.config.authentication];
  probe.note({
    server: { product: 'Bitbucket Cloud' },
    principal: { id: account?.display_name ?? account?.uuid ?? 'the bot of the access token', kind },
    warnings: isNearLimit ? ["Less than a fifth of this hour's requests is left"] : [],
  });
  return identity;
}

function judge({ note }: Probe, { scopes }: Identity): void {
  if (scopes === null) {
    note({
      warnings: ['Bitbucket does not report what the credential may do: its permissions show only when it is used'],
    });
    return;
  }
  note({ permissions: permissionsOf(scopes), capabilities: capabilitiesOf(scopes) });
}

/** Scopes limit what a credential may do; memberships limit where. */
async function noteRepositories(probe: Probe, integration: Integration, identity: Identity): Promise<void> {
  const client = new BitbucketClient(integration, probe.deps);
  const { workspace } = integration.config;
  if (workspace === undefined && (identity.account === null || !mayListWorkspaces(identity.scopes))) {
    probe.note({
      warnings: ['The token may not list its workspaces: set config.workspace to list repositories'],
    });
    return;
  }
  const path = workspace === undefined ? '/user/workspaces' : `/repositories/${encodeURIComponent(workspace)}`;
  const request = { method: 'GET', path, query: { pagelen: '1' } } as const;
  const { values } = (await client.call(request, probe.signal)) as { readonly values?: unknown };
  if (Array.isArray(values) && values.length > 0) return;
  const what = workspace === undefined ? 'is a member of no workspace' : `sees no repository in ${workspace}`;
  probe.note({ warnings: [`The account ${what}`] });
}
