import type { Page, Workload } from '@integrations/contracts';
import type { DiscoveryQuery } from '../discovery';

/** A label that a workload must have; null accepts any value. */
export interface LabelRequirement {
  readonly name: string;
  readonly value: string | null;
}

export interface WorkloadsQuery extends DiscoveryQuery {
  /** Null for every namespace that the credential can reach. */
  readonly namespace: string | null;
  /** A workload must meet all of them. */
  readonly labels: readonly LabelRequirement[];
}

/** Lists what a runtime host runs. The host's own identity and version come from the provider's probe. */
export interface RuntimeHostConnector {
  /** `q` matches a part of the workload's name. Capability `workloads`. Throws ProviderError. */
  listWorkloads(query: WorkloadsQuery, signal: AbortSignal): Promise<Page<Workload>>;
}
