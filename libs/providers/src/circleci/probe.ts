import type { ProbeVerdict } from '@integrations/contracts';
import {
  comparePermissions,
  type IntegrationConfig,
  type Probe,
  ProbeFailure,
  type ProviderDeps,
  recognise,
  runProbe,
} from '@integrations/provider-kit';
import { type CircleCiClient, openCircleCi } from './client';
import type { CircleCiConfig } from './config';
import { followedProjects } from './pipelines';
import { listRuns } from './runs';

/** The name of the scope on the page that creates a token. */
export const REQUIRED = ['read'];
const OTHER_PRODUCT = 'This address does not serve CircleCI: /api/v2/me must be directly below it';

type Integration = IntegrationConfig<CircleCiConfig>;

/** Thorough: checks the token's owner, the followed projects, and whether the runs of one can be read. Reads only. */
export function testConnection(
  integration: Integration,
  deps: ProviderDeps,
  signal: AbortSignal,
): Promise<ProbeVerdict> {
  let client: CircleCiClient;
  return runProbe({
    ...{ deps, signal, requireCredential: true },
    stages: {
      credential: async (probe) => enter(probe, (client = openCircleCi(integration, probe.deps))),
      permissions: (probe) => prove(probe, client),
    },
  });
}

/** Cheap: one call, for the token's owner. */
export function checkHealth(integration: Integration, deps: ProviderDeps, signal: AbortSignal): Promise<ProbeVerdict> {
  return runProbe({
    ...{ deps, signal, requireCredential: true },
    stages: { credential: (probe) => enter(probe, openCircleCi(integration, probe.deps)) },
  });
}

async function enter(probe: Probe, client: CircleCiClient): Promise<void> {
  const { data } = await recognise(client.ask('/v2/me', probe.signal), OTHER_PRODUCT);
  const { id, login } = data as Record<string, unknown>;
  if (typeof id !== 'string') throw new ProbeFailure('not_this_product', OTHER_PRODUCT);
  const name = typeof login === 'string' && login !== '' ? login : id;
  probe.note({ server: { product: 'CircleCI' }, principal: { id: name, kind: 'user' } });
}

async function prove(probe: Probe, client: CircleCiClient): Promise<void> {
  const [project] = await followedProjects(client, probe.signal);
  if (!project) {
    probe.note({
      warnings: ['The user follows no project: there is nothing to list, and the rights of the token are not proven'],
    });
    return;
  }
  const any = { limit: 1, cursor: null, repository: null, commit: null };
  await listRuns(client, { ...any, pipeline: project.id }, probe.signal);
  probe.note({ permissions: comparePermissions(REQUIRED, REQUIRED, 'observed') });
}
