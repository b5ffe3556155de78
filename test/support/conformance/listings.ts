import {
  type Capability,
  type DiscoveredPipeline,
  type DiscoveredRepository,
  DISCOVERY_KINDS,
  type Page,
  type PipelineRun,
  type Workload,
} from '@integrations/contracts';
import type { DiscoveryQuery, ProviderSession, RunsQuery, WorkloadsQuery } from '@integrations/provider-kit';
import type { Connection } from './rig';
import type { SampleRequests } from './subject';

export type Listed = DiscoveredRepository | DiscoveredPipeline | PipelineRun | Workload;
/** The query of any listing, with the filters of all of them. */
export type ListingQuery = Partial<DiscoveryQuery & RunsQuery & WorkloadsQuery>;

/** A paged list that a session offers. */
export interface Listing<T extends Listed = Listed> {
  readonly name: Capability;
  /** True if `q` searches for a part of the name. */
  readonly isSearched: boolean;
  list(connection: Connection, query: ListingQuery, signal: AbortSignal): Promise<Page<T>>;
}

const ALL = { limit: 100, cursor: null, q: null };

/** Every listing, with the filters of the sample requests. */
export function listingsOf({ runs = {} }: SampleRequests): readonly Listing[] {
  const repositories = DISCOVERY_KINDS.map((kind): Listing => ({
    name: kind,
    isSearched: true,
    list: async (connection, query, signal) => open(connection).discovery![kind]!({ ...ALL, ...query }, signal),
  }));
  const pipelines: Listing = {
    name: 'pipelines',
    isSearched: true,
    list: async (connection, query, signal) => open(connection).ci!.listPipelines({ ...ALL, ...query }, signal),
  };
  return [...repositories, pipelines, runsListing(runs), workloadsListing];
}

export function runsListing(sample: NonNullable<SampleRequests['runs']>): Listing<PipelineRun> {
  const any = { ...ALL, pipeline: null, repository: null, commit: null, ...sample };
  return {
    name: 'runs',
    isSearched: false,
    list: async (connection, query, signal) => open(connection).ci!.listRuns({ ...any, ...query }, signal),
  };
}

export const workloadsListing: Listing<Workload> = {
  name: 'workloads',
  isSearched: true,
  list: async (connection, query, signal) =>
    open(connection).runtime!.listWorkloads({ ...ALL, namespace: null, labels: [], ...query }, signal),
};

function open({ plugin, integration, deps }: Connection): ProviderSession {
  return plugin.open(integration, deps);
}
