import type { Page, Workload } from '@integrations/contracts';
import { type IntegrationConfig, pageOf, type ProviderDeps, type WorkloadsQuery } from '@integrations/provider-kit';
import { type ClusterApi, openCluster } from '../vendors/kubernetes/cluster-api';
import { namespacesOf, type ObjectList, pageOfObjects } from '../vendors/kubernetes/objects';
import { labelSelector } from '../vendors/kubernetes/selector';
import type { KubernetesConfig } from './config';
import { hasEnded, type Pod, workloadOf } from './pods';

/** One cluster. */
export interface KubernetesClient {
  readonly api: ClusterApi;
  readonly namespaces: readonly (string | null)[];
  listWorkloads(query: WorkloadsQuery, signal: AbortSignal): Promise<Page<Workload>>;
}

export const PODS = { group: '/api/v1', resource: 'pods' };
/** A pod takes kilobytes, and an answer may have ten megabytes at most. */
const PODS_PER_PAGE = 250;
const NOT_ENDED = 'status.phase!=Succeeded,status.phase!=Failed';

export function openKubernetes(integration: IntegrationConfig<KubernetesConfig>, deps: ProviderDeps): KubernetesClient {
  const api = openCluster(integration, deps);
  const { namespaces } = integration.config;
  return {
    api,
    namespaces: namespacesOf(namespaces, null),
    listWorkloads: async (query, signal) => listPods(api, listOf(query, namespaces), query, signal),
  };
}

function listOf({ namespace, labels }: WorkloadsQuery, configured: readonly string[] | undefined): ObjectList {
  const selector = labelSelector(labels);
  return {
    ...PODS,
    namespaces: namespacesOf(configured, namespace),
    selectors: { fieldSelector: NOT_ENDED, ...(selector === '' ? {} : { labelSelector: selector }) },
    most: PODS_PER_PAGE,
  };
}

function listPods(
  api: ClusterApi,
  list: ObjectList,
  query: WorkloadsQuery,
  signal: AbortSignal,
): Promise<Page<Workload>> {
  const fetch = async (at: string) => {
    const { items, next } = await pageOfObjects<Pod>(api, list, at, signal);
    // Converted page by page, so that at most one page of complete pods is in memory.
    return { items: items.filter((pod) => !hasEnded(pod)).map(workloadOf), next };
  };
  return pageOf(fetch, query, ({ name }) => name);
}
