import type { RegistryConnector } from '@integrations/provider-kit';
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
