import type { DiscoveredPipeline, Page, PipelineRun } from '@integrations/contracts';
import type { DiscoveryQuery, PageQuery } from '../discovery';

/** A filter that is null matches any run. */
export interface RunsQuery extends PageQuery {
  /** The `id` of a listed pipeline. */
  readonly pipeline: string | null;
  /** `owner/name`, as listed pipelines have it. */
  readonly repository: string | null;
  /** The full SHA. */
  readonly commit: string | null;
}

/** Lists what a CI system can run and has run. Both methods throw ProviderError. */
export interface CiConnector {
  /** The pipelines that can be triggered; `q` matches a part of the name. Capability `pipelines`. */
  listPipelines(query: DiscoveryQuery, signal: AbortSignal): Promise<Page<DiscoveredPipeline>>;
  /**
   * Runs, newest first. Capability `runs`. Throws `invalid_request`, whose message names the field, if the system lacks
   * a filter, or needs a pipeline or a repository and the query names none; `not_found_or_no_access` if the named one
   * is not found.
   */
  listRuns(query: RunsQuery, signal: AbortSignal): Promise<Page<PipelineRun>>;
}
