import {
  type CiConnector,
  hasStatus,
  type IntegrationConfig,
  type ProviderDeps,
  ProviderError,
} from '@integrations/provider-kit';
import { type ClusterApi, openCluster } from '../vendors/kubernetes/cluster-api';
import { namespacesOf } from '../vendors/kubernetes/objects';
import type { TektonConfig } from './config';
import { GROUP, listPipelines } from './pipelines';
import { listRuns } from './runs';

/** Tekton Pipelines in one cluster, as part of the cluster's API. */
export interface TektonClient {
  readonly api: ClusterApi;
  readonly namespaces: readonly (string | null)[];
  readonly ci: CiConnector;
}

export function openTekton(integration: IntegrationConfig<TektonConfig>, deps: ProviderDeps): TektonClient {
  const api = whereInstalled(openCluster(integration, deps));
  const { namespaces: configured } = integration.config;
  const namespaces = namespacesOf(configured, null);
  return {
    api,
    namespaces,
    ci: {
      listPipelines: (query, signal) => listPipelines(api, namespaces, query, signal),
      listRuns: (query, signal) => listRuns(api, configured, query, signal),
    },
  };
}

/** The same API, except that a 404 for Tekton's own part of it means that Tekton is not installed. */
function whereInstalled(api: ClusterApi): ClusterApi {
  return {
    read: api.read,
    ask: async (call, signal) => {
      try {
        return await api.ask(call, signal);
      } catch (error) {
        if (!hasStatus(error, 404) || !call.path.startsWith(GROUP)) throw error;
        const message = 'Tekton Pipelines is not installed in this cluster, which serves no tekton.dev/v1';
        throw new ProviderError('not_installed', message, { cause: error, httpStatus: 404 });
      }
    },
  };
}
