import type { Page, Workload } from '@integrations/contracts';
import type { DiscoveryQuery } from '../discovery';

/** A label that a workload must have; `value` null is any. */
export interface LabelRequirement {
  readonly name: string;
  readonly value: string | null;
}

export interface WorkloadsQuery extends DiscoveryQuery {
  /** Null for all that the credential reaches. */
  readonly namespace: string | null;
  /** All of them are to be met. */
  readonly labels: readonly LabelRequirement[];
}

/** What a runtime host runs. Who and what it is, the probe of its provider tells. */
export interface RuntimeHostConnector {
  /** What runs where; `q` is a part of the name. Capability `workloads`. Throws ProviderError. */
  listWorkloads(query: WorkloadsQuery, signal: AbortSignal): Promise<Page<Workload>>;
}
