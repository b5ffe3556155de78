import type { CiConnector, RegistryConnector, RuntimeHostConnector } from '@integrations/provider-kit';
import { guarded } from './guard';

/** The same registry, guarded. */
export function guardRegistry(registry: RegistryConnector, provider: string): RegistryConnector {
  return {
    listTags: (repository, query, signal) =>
      guarded(provider, signal, () => registry.listTags(repository, query, signal)),
    resolveDigest: (repository, reference, options, signal) =>
      guarded(provider, signal, () => registry.resolveDigest(repository, reference, options, signal)),
    listReferrers: (repository, digest, query, signal) =>
      guarded(provider, signal, () => registry.listReferrers(repository, digest, query, signal)),
  };
}

/** The same CI system, guarded. */
export function guardCi(ci: CiConnector, provider: string): CiConnector {
  return {
    listPipelines: (query, signal) => guarded(provider, signal, () => ci.listPipelines(query, signal)),
    listRuns: (query, signal) => guarded(provider, signal, () => ci.listRuns(query, signal)),
  };
}

/** The same host, guarded. */
export function guardRuntime(runtime: RuntimeHostConnector, provider: string): RuntimeHostConnector {
  return { listWorkloads: (query, signal) => guarded(provider, signal, () => runtime.listWorkloads(query, signal)) };
}
