import type { ProviderSession } from '@integrations/provider-kit';
import type { Guarded } from './as-provider-error';
import { guardAnnotations } from './guard';
import { guardDiscovery } from './guard-discovery';
import { guardCi, guardRegistry, guardRuntime } from './guard-reads';

/** The same session, guarded; what is absent stays absent. */
export function guardSession(session: ProviderSession, plugin: Guarded): ProviderSession {
  const { annotations, discovery, registry, ci, runtime } = session;
  return {
    ...(annotations && { annotations: guardAnnotations(annotations, plugin) }),
    ...(discovery && { discovery: guardDiscovery(discovery, plugin) }),
    ...(registry && { registry: guardRegistry(registry, plugin) }),
    ...(ci && { ci: guardCi(ci, plugin) }),
    ...(runtime && { runtime: guardRuntime(runtime, plugin) }),
  };
}
