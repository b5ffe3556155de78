import type { CiConnector, RegistryConnector, RuntimeHostConnector } from '@integrations/provider-kit';
import type { Guarded } from './as-provider-error';
import { guarded } from './guard';

/** The same registry, guarded. */
export function guardRegistry(registry: RegistryConnector, plugin: Guarded): RegistryConnector {
  return {
    listTags: (repository, query, signal) =>
      guarded(plugin, signal, () => registry.listTags(repository, query, signal)),
    resolveDigest: (repository, reference, options, signal) =>
      guarded(plugin, signal, () => registry.resolveDigest(repository, reference, options, signal)),
    listReferrers: (repository, digest, query, signal) =>
      guarded(plugin, signal, () => registry.listReferrers(repository, digest, query, signal)),
  };
}

/** The same CI system, guarded. */
export function guardCi(ci: CiConnector, plugin: Guarded): CiConnector {
  return {
    listPipelines: (query, signal) => guarded(plugin, signal, () => ci.listPipelines(query, signal)),
    listRuns: (query, signal) => guarded(plugin, signal, () => ci.listRuns(query, signal)),
  };
}

/** The same host, guarded. */
export function guardRuntime(runtime: RuntimeHostConnector, plugin: Guarded): RuntimeHostConnector {
  return { listWorkloads: (query, signal) => guarded(plugin, signal, () => runtime.listWorkloads(query, signal)) };
}
