import { DISCOVERY_KINDS, type DiscoveryKind } from '@integrations/contracts';
import type {
  CiConnector,
  Discovery,
  ProviderSession,
  RegistryConnector,
  RuntimeHostConnector,
} from '@integrations/provider-kit';
import { IMAGE, pageOfAtMost, PIPELINE, REFERRER, REPOSITORY, RUN, type Shape, TAG, WORKLOAD } from './answers';
import type { Guarded } from './as-provider-error';
import { asked } from './guard';
import { guardAnnotations } from './guard-annotations';

const SHAPES: Readonly<Record<DiscoveryKind, Shape>> = { repositories: REPOSITORY };

/** The session with every part guarded; absent parts stay absent. */
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

/** The lists with each kind guarded; absent kinds stay absent. */
function guardDiscovery(discovery: Discovery, plugin: Guarded): Discovery {
  const present = DISCOVERY_KINDS.filter((kind) => discovery[kind] !== undefined);
  const entries = present.map((kind): [string, Discovery[typeof kind]] => [
    kind,
    (query, signal) =>
      asked(plugin, kind, pageOfAtMost(query.limit, SHAPES[kind]), signal, () => discovery[kind]!(query, signal)),
  ]);
  return Object.fromEntries(entries);
}

function guardRegistry(registry: RegistryConnector, plugin: Guarded): RegistryConnector {
  return {
    listTags: (repository, query, signal) =>
      asked(plugin, 'listTags', pageOfAtMost(query.limit, TAG), signal, () =>
        registry.listTags(repository, query, signal),
      ),
    resolveDigest: (repository, reference, options, signal) =>
      asked(plugin, 'resolveDigest', IMAGE, signal, () =>
        registry.resolveDigest(repository, reference, options, signal),
      ),
    listReferrers: (repository, digest, query, signal) =>
      asked(plugin, 'listReferrers', pageOfAtMost(query.limit, REFERRER), signal, () =>
        registry.listReferrers(repository, digest, query, signal),
      ),
  };
}

function guardCi(ci: CiConnector, plugin: Guarded): CiConnector {
  return {
    listPipelines: (query, signal) =>
      asked(plugin, 'listPipelines', pageOfAtMost(query.limit, PIPELINE), signal, () =>
        ci.listPipelines(query, signal),
      ),
    listRuns: (query, signal) =>
      asked(plugin, 'listRuns', pageOfAtMost(query.limit, RUN), signal, () => ci.listRuns(query, signal)),
  };
}

function guardRuntime(runtime: RuntimeHostConnector, plugin: Guarded): RuntimeHostConnector {
  return {
    listWorkloads: (query, signal) =>
      asked(plugin, 'listWorkloads', pageOfAtMost(query.limit, WORKLOAD), signal, () =>
        runtime.listWorkloads(query, signal),
      ),
  };
}
