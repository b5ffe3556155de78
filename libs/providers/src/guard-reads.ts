import type { Page } from '@integrations/contracts';
import type { CiConnector, PageQuery, RegistryConnector, RuntimeHostConnector } from '@integrations/provider-kit';
import { IMAGE, pageOfAtMost, PIPELINE, REFERRER, RUN, type Shape, TAG, WORKLOAD } from './answers';
import type { Guarded } from './as-provider-error';
import { asked } from './guard';

/** The same registry, guarded. */
export function guardRegistry(registry: RegistryConnector, plugin: Guarded): RegistryConnector {
  return {
    listTags: (repository, query, signal) =>
      guardedPage(plugin, 'listTags', TAG, query, signal, () => registry.listTags(repository, query, signal)),
    resolveDigest: (repository, reference, options, signal) =>
      asked(plugin, 'resolveDigest', IMAGE, signal, () =>
        registry.resolveDigest(repository, reference, options, signal),
      ),
    listReferrers: (repository, digest, query, signal) =>
      guardedPage(plugin, 'listReferrers', REFERRER, query, signal, () =>
        registry.listReferrers(repository, digest, query, signal),
      ),
  };
}

/** The same CI system, guarded. */
export function guardCi(ci: CiConnector, plugin: Guarded): CiConnector {
  return {
    listPipelines: (query, signal) =>
      guardedPage(plugin, 'listPipelines', PIPELINE, query, signal, () => ci.listPipelines(query, signal)),
    listRuns: (query, signal) => guardedPage(plugin, 'listRuns', RUN, query, signal, () => ci.listRuns(query, signal)),
  };
}

/** The same host, guarded. */
export function guardRuntime(runtime: RuntimeHostConnector, plugin: Guarded): RuntimeHostConnector {
  return {
    listWorkloads: (query, signal) =>
      guardedPage(plugin, 'listWorkloads', WORKLOAD, query, signal, () => runtime.listWorkloads(query, signal)),
  };
}

/** A page that `method` lists, of such items. */
export function guardedPage<T>(
  plugin: Guarded,
  method: string,
  item: Shape,
  { limit }: PageQuery,
  signal: AbortSignal,
  list: () => Promise<Page<T>>,
): Promise<Page<T>> {
  return asked(plugin, method, pageOfAtMost(limit, item), signal, list);
}
