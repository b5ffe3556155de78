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
import { meetArtifactory } from './instance';
import { listRepositories } from './repositories';

/** On the repository of the canary. https://jfrog.com/help/r/jfrog-platform-administration-documentation/permission-details */
export const REQUIRED = ['Read'];

type Integration = IntegrationConfig<ArtifactoryConfig>;

/** Deep: Artifactory and its services, whose token it is and until when, the canary, and the list of images. Reads only. */
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

/** Cheap: the services, the registry's door and the canary. */
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
  // First: it asks the secret's store once more for what is refused.
  await enterRegistry(probe, client.registry);
  await meetArtifactory(probe, client.api);
}

/** An access token says whose it is: `jfac@01f…/users/mona`. Reference tokens and passwords say nothing. */
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
