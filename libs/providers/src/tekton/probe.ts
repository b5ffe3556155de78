import type { ProbeVerdict } from '@integrations/contracts';
import {
  hasStatus,
  type IntegrationConfig,
  nullIf,
  type Probe,
  type ProviderDeps,
  runProbe,
} from '@integrations/provider-kit';
import type { ClusterApi } from '../vendors/kubernetes/cluster-api';
import { pageOfObjects } from '../vendors/kubernetes/objects';
import { nameOf, type Right } from '../vendors/kubernetes/rights';
import { explained } from '../vendors/kubernetes/stages';
import { testCluster } from '../vendors/kubernetes/test-cluster';
import { openTekton } from './client';
import type { TektonConfig } from './config';
import { GROUP } from './pipelines';

const RIGHTS: readonly Right[] = [
  { verb: 'list', group: 'tekton.dev', resource: 'pipelines', capability: 'pipelines' },
  { verb: 'list', group: 'tekton.dev', resource: 'pipelineruns', capability: 'runs' },
];
export const REQUIRED = RIGHTS.map(nameOf);
// https://tekton.dev/docs/pipelines/additional-configs/
const INFO = '/api/v1/namespaces/tekton-pipelines/configmaps/pipelines-info';

type Integration = IntegrationConfig<TektonConfig>;

export function testConnection(
  integration: Integration,
  deps: ProviderDeps,
  signal: AbortSignal,
): Promise<ProbeVerdict> {
  const open = (watched: ProviderDeps) => openTekton(integration, watched);
  return testCluster(integration, deps, { open, rights: RIGHTS, find: findTekton }, signal);
}

/** Cheap: lists one run. */
export function checkHealth(integration: Integration, deps: ProviderDeps, signal: AbortSignal): Promise<ProbeVerdict> {
  return runProbe({
    ...{ deps, signal, requireCredential: false },
    stages: {
      credential: (probe) =>
        explained(probe, integration, async () => {
          const { api, namespaces } = openTekton(integration, probe.deps);
          const group = { group: GROUP, resource: 'pipelineruns' };
          const list = { ...group, namespaces: namespaces.slice(0, 1), selectors: {}, most: 1 };
          await pageOfObjects(api, list, 'n=1', probe.signal);
        }),
    },
  });
}

/** Checks that Tekton is installed and notes its version, which anyone may read in its usual namespace. */
async function findTekton({ note, signal }: Probe, api: ClusterApi): Promise<void> {
  await api.ask({ path: GROUP }, signal);
  const version = await api.ask({ path: INFO }, signal).then(({ data }) => versionIn(data), asUnknown);
  note({ server: { product: 'Tekton Pipelines', ...(version === null ? {} : { version }) } });
}

function versionIn(configMap: object): string | null {
  const { data } = configMap as { readonly data?: { readonly version?: unknown } };
  return typeof data?.version === 'string' ? data.version : null;
}

const asUnknown = nullIf((error) => hasStatus(error, 403, 404));
