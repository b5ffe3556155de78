import type { DiscoveredPipeline, Page } from '@integrations/contracts';
import { type DiscoveryQuery, pageOf } from '@integrations/provider-kit';
import type { ClusterApi } from '../vendors/kubernetes/cluster-api';
import { type ObjectList, pageOfObjects } from '../vendors/kubernetes/objects';

/** Since Tekton 0.44. */
export const GROUP = '/apis/tekton.dev/v1';
const PIPELINES_PER_PAGE = 100;

export function listPipelines(
  api: ClusterApi,
  namespaces: readonly (string | null)[],
  query: DiscoveryQuery,
  signal: AbortSignal,
): Promise<Page<DiscoveredPipeline>> {
  const list: ObjectList = { group: GROUP, resource: 'pipelines', namespaces, selectors: {}, most: PIPELINES_PER_PAGE };
  const fetch = async (at: string) => {
    const { items, next } = await pageOfObjects(api, list, at, signal);
    return { items: items.map(({ metadata }) => pipelineOf(`${metadata.namespace}/${metadata.name}`)), next };
  };
  return pageOf(fetch, query, ({ name }) => name);
}

/** A Pipeline has no repository (only its runs do), and the cluster has no web page for it. */
function pipelineOf(id: string): DiscoveredPipeline {
  return { id, name: id, url: null, repository: null, enabled: true };
}
