import type { ProbeVerdict } from '@integrations/contracts';
import {
  claimsOf,
  enterRegistry,
  type IntegrationConfig,
  judgeExpiry,
  noteRegistry,
  type Probe,
  provePull,
  type ProviderDeps,
  pullImage,
  runProbe,
} from '@integrations/provider-kit';
import { type ArtifactoryClient, openArtifactory } from './client';
import type { ArtifactoryConfig } from './config';
import { checkArtifactory } from './instance';
import { listRepositories } from './repositories';

/** Required on the canary's repository. https://jfrog.com/help/r/jfrog-platform-administration-documentation/permission-details */
export const REQUIRED = ['Read'];

type Integration = IntegrationConfig<ArtifactoryConfig>;

/** Thorough: checks Artifactory's services, the token's owner and expiry, the canary and the lists. Reads only. */
export function testConnection(
  integration: Integration,
  deps: ProviderDeps,
  signal: AbortSignal,
): Promise<ProbeVerdict> {
  const { config } = integration;
  let client: ArtifactoryClient;
  return runProbe({
    ...{ deps, signal, requireCredential: true },
    stages: {
      credential: (probe) => enter(probe, (client = openArtifactory(integration, probe.deps))),
      identity: (probe) => identify(probe, client),
      permissions: async (probe) => {
        await provePull(probe, client.registry, REQUIRED, config.canary);
        await listRepositories(client, config, { limit: 1, cursor: null, q: null }, probe.signal);
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
        const client = openArtifactory(integration, probe.deps);
        await enter(probe, client);
        if (canary !== undefined) await pullImage(probe, client.registry, canary);
        noteRegistry(probe, client.registry);
      },
    },
  });
}

async function enter(probe: Probe, client: ArtifactoryClient): Promise<void> {
  const expiresAt = (await tokenClaims(probe, client))?.expiresAt;
  if (expiresAt !== undefined) judgeExpiry(probe, expiresAt);
  // First, because it reads the secret from its store again if the credential is refused.
  await enterRegistry(probe, client.registry);
  await checkArtifactory(probe, client.api);
}

/** An access token names its owner: `jfac@01f…/users/mona`. Reference tokens and passwords do not. */
async function identify(probe: Probe, client: ArtifactoryClient): Promise<void> {
  const credential = await client.credential(probe.signal);
  const subject = (await tokenClaims(probe, client))?.subject?.replace(/^.*\//, '');
  const username = credential?.kind === 'basic' ? credential.username : undefined;
  const id = username ?? subject ?? 'the owner of the token';
  probe.note({ principal: { id, kind: username === undefined ? 'token' : 'user' } });
}

async function tokenClaims({ signal }: Probe, { credential }: ArtifactoryClient) {
  const shown = await credential(signal);
  if (shown?.kind === 'basic') return claimsOf(shown.password);
  return shown && claimsOf(shown.token);
}
