import type { ProbeVerdict } from '@integrations/contracts';
import {
  type IntegrationConfig,
  type Probe,
  ProbeFailure,
  type ProviderDeps,
  rateLimitQuota,
  recognise,
  runProbe,
} from '@integrations/provider-kit';
import { ANONYMOUS, AzureDevOpsClient, type ConnectionData } from './client';
import type { AzureDevOpsConfig } from './config';

/** Releases of Azure DevOps Server by the API version that they introduced. */
const RELEASES: Readonly<Record<string, string>> = { '6.0': '2020', '7.0': '2022', '7.1': '2022.1' };

const OTHER_PRODUCT =
  'No Azure DevOps organization or collection is at this address. Use the address of its web pages, such as https://dev.azure.com/acme';

type Integration = IntegrationConfig<AzureDevOpsConfig>;

/**
 * A deep test: the account, the server's product and version, and, by `judge`, the account's permissions. Reads only.
 */
export function testAccount(
  integration: Integration,
  deps: ProviderDeps,
  judge: (probe: Probe) => Promise<void>,
  signal: AbortSignal,
): Promise<ProbeVerdict> {
  return runProbe({
    ...{ deps, signal, requireCredential: true },
    stages: {
      identity: async (probe) => {
        const { deploymentType } = await identify(probe, integration);
        if (deploymentType === 'onPremises') await noteVersion(probe, integration);
      },
      permissions: judge,
    },
  });
}

/** A cheap check: one call that identifies the account. */
export function checkAccount(integration: Integration, deps: ProviderDeps, signal: AbortSignal): Promise<ProbeVerdict> {
  return runProbe({
    ...{ deps, signal, requireCredential: true },
    stages: { identity: async (probe) => void (await identify(probe, integration)) },
  });
}

/** Azure DevOps also answers callers that it cannot identify, as its anonymous user. */
async function identify(probe: Probe, integration: Integration): Promise<ConnectionData> {
  const client = new AzureDevOpsClient(integration, probe.deps);
  const { data, headers } = await recognise(client.connectionData(probe.signal), OTHER_PRODUCT);
  const { authenticatedUser: user, deploymentType } = data;
  const product = deploymentType === 'onPremises' ? 'Azure DevOps Server' : 'Azure DevOps Services';
  // Azure DevOps sends its rate limit headers only near the limit.
  probe.note({ server: { product }, ...rateLimitQuota(headers, 'x-ratelimit-') });
  if (user.id === ANONYMOUS) {
    const message = 'Azure DevOps answers, but treats the credential as anonymous: only public data can be read';
    throw new ProbeFailure('anonymous_only', message);
  }
  const account = user.properties?.Account?.$value;
  const name = typeof account === 'string' ? account : (user.providerDisplayName ?? user.id);
  const isPrincipal = integration.config.credentialKind === 'service_principal';
  probe.note({ principal: { id: name, kind: isPrincipal ? 'service_principal' : 'user' } });
  return data;
}

/** Azure DevOps Server does not report its own version, only the version of its API. */
async function noteVersion(probe: Probe, integration: Integration): Promise<void> {
  const client = new AzureDevOpsClient(integration, probe.deps);
  const { data } = await client.call({ method: 'OPTIONS', path: '/_apis/git' }, probe.signal);
  const { value } = data as {
    readonly value?: readonly { readonly resourceName?: string; readonly releasedVersion?: string }[];
  };
  const version = value?.find(({ resourceName }) => resourceName === 'repositories')?.releasedVersion;
  if (typeof version !== 'string') return;
  const release = RELEASES[version] ? `${RELEASES[version]}, ` : '';
  probe.note({ server: { product: 'Azure DevOps Server', version: `${release}API ${version}` } });
}
