import type { ProbeVerdict } from '@integrations/contracts';
import {
  type IntegrationConfig,
  noteRegistry,
  type Probe,
  ProbeFailure,
  provePull,
  type ProviderDeps,
  pullImage,
  recognise,
  registryError,
  runProbe,
} from '@integrations/provider-kit';
import { type NexusClient, openNexus } from './client';
import type { NexusConfig } from './config';

/** The last part of the privilege `nx-repository-view-docker-<repository>-read`. */
export const REQUIRED = ['read'];

type Integration = IntegrationConfig<NexusConfig>;

/** Thorough: checks the Docker repository, the status of Nexus, the canary and the catalog. Reads only. */
export function testConnection(
  integration: Integration,
  deps: ProviderDeps,
  signal: AbortSignal,
): Promise<ProbeVerdict> {
  let client: NexusClient;
  return runProbe({
    ...{ deps, signal, requireCredential: true },
    stages: {
      credential: async (probe) => {
        client = openNexus(integration, probe.deps);
        await enter(probe, client);
        if (!(await isUp(probe, client, '/status/writable'))) {
          probe.note({ warnings: ['Nexus is read-only: nothing can be pushed'] });
        }
      },
      identity: async ({ note, signal }) => {
        const credential = await client.credentials.get(signal);
        if (credential?.kind === 'basic') note({ principal: { id: credential.username, kind: 'user' } });
      },
      permissions: async (probe) => {
        await provePull(probe, client.registry, REQUIRED, integration.config.canary);
        await client.registry.listRepositories({ limit: 1, cursor: null, q: null }, probe.signal);
        noteRegistry(probe, client.registry);
      },
    },
  });
}

/** Cheap: checks `/v2/` of the repository, the status of Nexus and the canary. */
export function checkHealth(integration: Integration, deps: ProviderDeps, signal: AbortSignal): Promise<ProbeVerdict> {
  const { canary } = integration.config;
  return runProbe({
    ...{ deps, signal, requireCredential: true },
    stages: {
      credential: async (probe) => {
        const client = openNexus(integration, probe.deps);
        await enter(probe, client);
        if (canary !== undefined) await pullImage(probe, client.registry, canary);
        noteRegistry(probe, client.registry);
      },
    },
  });
}

async function enter(probe: Probe, client: NexusClient): Promise<void> {
  const message = 'This address does not serve a Docker repository: /v2/ must be directly below it';
  const { headers } = await recognise(client.registry.ping(probe.signal), message);
  // Such as `Nexus/3.70.1-02 (OSS)`, unless a proxy replaces the header.
  const [, version] = /^Nexus\/([\w.+-]+)/.exec(headers['server'] ?? '') ?? [];
  probe.note({ server: { product: 'Nexus', ...(version === undefined ? {} : { version }) } });
  if (await isUp(probe, client, '/status')) return;
  throw new ProbeFailure('server_degraded', 'Nexus reports that it cannot serve reads');
}

/** Judges by the HTTP status alone: 503 means no. Assumes yes if Nexus's URL is unknown or a proxy hides it. */
async function isUp({ deps, signal }: Probe, { nexusUrl }: NexusClient, path: string): Promise<boolean> {
  if (nexusUrl === null) return true;
  // https://support.sonatype.com/hc/en-us/articles/226254487
  const response = await deps.egress.request({ method: 'GET', url: `${nexusUrl}/service/rest/v1${path}`, signal });
  if (response.status === 503) return false;
  if (response.status === 200 || response.status === 404 || response.status === 403) return true;
  throw registryError(response, 'Nexus', `GET /service/rest/v1${path}`, deps.clock.now());
}
