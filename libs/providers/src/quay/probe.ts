import type { ProbeVerdict } from '@integrations/contracts';
import {
  actionsIn,
  comparePermissions,
  enterRegistry,
  type IntegrationConfig,
  noteRegistry,
  noteUnproven,
  type Probe,
  type ProviderDeps,
  pullImage,
  readImage,
  repositoryScope,
  runProbe,
} from '@integrations/provider-kit';
import { openQuay, type QuayClient } from './client';
import type { QuayConfig } from './config';
import { checkServices } from './health';
import { listRepositories } from './repositories';

const PULL = 'pull';
/** Required on the canary's repository. */
export const REQUIRED = [PULL];

type Integration = IntegrationConfig<QuayConfig>;

/** Thorough: checks Quay's services, our identity, our rights on the canary and whether repositories can be listed. */
export function testConnection(
  integration: Integration,
  deps: ProviderDeps,
  signal: AbortSignal,
): Promise<ProbeVerdict> {
  const { canary, namespace } = integration.config;
  let client: QuayClient;
  return runProbe({
    ...{ deps, signal, requireCredential: true },
    stages: {
      credential: (probe) => enter(probe, (client = openQuay(integration, probe.deps))),
      identity: (probe) => identify(probe, client),
      permissions: async (probe) => {
        await prove(probe, client, canary);
        await listRepositories(client, namespace, { limit: 1, cursor: null, q: null }, probe.signal);
        noteRegistry(probe, client.registry);
      },
    },
  });
}

/** Cheap: checks the services, `/v2/` and the canary. */
export function checkHealth(integration: Integration, deps: ProviderDeps, signal: AbortSignal): Promise<ProbeVerdict> {
  const { canary } = integration.config;
  return runProbe({
    ...{ deps, signal, requireCredential: true },
    stages: {
      credential: async (probe) => {
        const client = openQuay(integration, probe.deps);
        await enter(probe, client);
        if (canary !== undefined) await pullImage(probe, client.registry, canary);
        noteRegistry(probe, client.registry);
      },
    },
  });
}

async function enter(probe: Probe, client: QuayClient): Promise<void> {
  await checkServices(probe, client.endpoint);
  probe.note({ server: { product: 'Quay' } });
  await enterRegistry(probe, client.registry);
}

async function identify({ note, signal }: Probe, { authorizer, credential }: QuayClient): Promise<void> {
  const shown = await credential(signal);
  const claims = await authorizer.claims([], signal);
  const username = shown?.kind === 'basic' ? shown.username : 'anonymous';
  const id = claims?.subject ?? username;
  note({ principal: { id, kind: kindOf(username) } });
}

/** Names of robots contain a plus; the special names for tokens begin with a dollar sign. */
function kindOf(username: string): string {
  if (username.startsWith('$')) return 'token';
  return username.includes('+') ? 'robot' : 'user';
}

async function prove(probe: Probe, client: QuayClient, canary: string | undefined): Promise<void> {
  if (canary === undefined) {
    noteUnproven(probe);
    return;
  }
  // First, because Quay creates a missing repository for anyone who asks for a token to push to it.
  await pullImage(probe, client.registry, canary);
  const scope = repositoryScope(readImage(canary).repository, [PULL, 'push', '*']);
  const claims = await client.authorizer.claims([scope], probe.signal);
  const granted = actionsIn(claims);
  const permissions = granted
    ? comparePermissions(REQUIRED, granted, 'token_claims')
    : comparePermissions(REQUIRED, REQUIRED, 'observed');
  probe.note({ permissions });
}
