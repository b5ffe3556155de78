import { DISCOVERY_KINDS, type DiscoveryKind, type Page } from '@integrations/contracts';
import type {
  CiConnector,
  Discovery,
  PageQuery,
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
    (query, signal) => guardedPage(plugin, kind, SHAPES[kind], query, signal, () => discovery[kind]!(query, signal)),
  ]);
  return Object.fromEntries(entries);
}

function guardRegistry(registry: RegistryConnector, plugin: Guarded): RegistryConnector {
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

function guardCi(ci: CiConnector, plugin: Guarded): CiConnector {
  return {
    listPipelines: (query, signal) =>
      guardedPage(plugin, 'listPipelines', PIPELINE, query, signal, () => ci.listPipelines(query, signal)),
    listRuns: (query, signal) => guardedPage(plugin, 'listRuns', RUN, query, signal, () => ci.listRuns(query, signal)),
  };
}

function guardRuntime(runtime: RuntimeHostConnector, plugin: Guarded): RuntimeHostConnector {
  return {
    listWorkloads: (query, signal) =>
      guardedPage(plugin, 'listWorkloads', WORKLOAD, query, signal, () => runtime.listWorkloads(query, signal)),
  };
}

/** Guards a `method` that lists a page of items of the shape `item`. */
function guardedPage<T>(
  plugin: Guarded,
  method: string,
  item: Shape,
  { limit }: PageQuery,
  signal: AbortSignal,
  list: () => Promise<Page<T>>,
): Promise<Page<T>> {
  return asked(plugin, method, pageOfAtMost(limit, item), signal, list);
}
