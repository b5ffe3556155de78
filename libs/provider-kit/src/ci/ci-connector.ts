import type { DiscoveredPipeline, Page, PipelineRun } from '@integrations/contracts';
import type { DiscoveryQuery, PageQuery } from '../discovery';

/** Null is any. */
export interface RunsQuery extends PageQuery {
  /** The `id` of a listed pipeline. */
  readonly pipeline: string | null;
  /** `owner/name`, as listed pipelines have it. */
  readonly repository: string | null;
  /** Whole SHA. */
  readonly commit: string | null;
}

/** What a CI system can run and has run. Both throw ProviderError. */
export interface CiConnector {
  /** What can be triggered through it; `q` is a part of the name. Capability `pipelines`. */
  listPipelines(query: DiscoveryQuery, signal: AbortSignal): Promise<Page<DiscoveredPipeline>>;
  /**
   * The newest first. Throws `invalid_request` (whose message names the field) where the system needs a pipeline or a repository
   * to list runs of, or has no such filter; `not_found_or_no_access` of those. Capability `runs`.
   */
  listRuns(query: RunsQuery, signal: AbortSignal): Promise<Page<PipelineRun>>;
}
