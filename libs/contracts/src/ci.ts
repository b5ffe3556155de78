import { IsOptional, IsString, IsUUID, Length, Matches } from 'class-validator';
import { DiscoverPageQuery, VendorPageQuery } from './discovery';
import type { Page } from './page';
import { SHA_MESSAGE, SHA_PATTERN } from './scm-requests';

export const RUN_STATUSES = ['queued', 'waiting', 'running', 'completed'] as const;
/** A `waiting` run needs someone's approval; a `queued` run needs a free machine. */
export type RunStatus = (typeof RUN_STATUSES)[number];

export const RUN_CONCLUSIONS = [
  'success',
  'partial',
  'failure',
  'neutral',
  'cancelled',
  'skipped',
  'timed_out',
] as const;
/** `partial`: the run finished despite tolerated failures (Jenkins "unstable", Azure "partially succeeded"). */
export type RunConclusion = (typeof RUN_CONCLUSIONS)[number];

const MAX_NAME = 500;

/** Something that a CI system can run repeatedly: a workflow, job, pipeline or template. */
export interface DiscoveredPipeline {
  /** The value to pass as `pipeline` when listing runs. */
  readonly id: string;
  /** Display name, including its folders, project or namespace: `platform/shop-build`. */
  readonly name: string;
  /** The pipeline's page for a browser; null if the system has none. */
  readonly url: string | null;
  /** The repository that the pipeline belongs to, as `owner/name`; null if the system does not report it. */
  readonly repository: string | null;
  /** False if the CI system starts no runs of this pipeline. */
  readonly enabled: boolean;
}

/** One run of a pipeline. Times are ISO-8601 UTC; null if not reached yet or not reported by the CI system. */
export interface PipelineRun {
  /** The CI system's id of the run. */
  readonly id: string;
  /** The `id` of a listed pipeline; null if the run belongs to none. */
  readonly pipelineId: string | null;
  /** Display name: `#42`, `shop-build-x7f2q`. */
  readonly name: string;
  /** How far the run has got. */
  readonly status: RunStatus;
  /** Result of the run. Null until the run is completed, or if the system's own result matches none of these values. */
  readonly conclusion: RunConclusion | null;
  /** The branch that the run is for; null if the CI system does not report it. */
  readonly branch: string | null;
  /** Full commit SHA; null if the CI system does not report it. */
  readonly commit: string | null;
  /** When the run was created; null if the CI system does not report it. */
  readonly createdAt: string | null;
  /** When the run started; null if it has not, or if the CI system does not report it. */
  readonly startedAt: string | null;
  /** When the run finished; null if it has not, or if the CI system does not report it. */
  readonly finishedAt: string | null;
  /** The run's page for a browser; null if the system has none. */
  readonly url: string | null;
}

/** One page of pipelines. */
export type PipelinePage = Page<DiscoveredPipeline>;

/** One page of runs, newest first. */
export type RunPage = Page<PipelineRun>;

/** `integrations.v1.rpc.ci.pipelines`: list the pipelines of a CI system. */
export class ListPipelinesRequest extends DiscoverPageQuery {
  /** Id of the integration. */
  @IsUUID()
  integrationId: string;
}

/** Selects runs. Some providers require `pipeline` or `repository`; the error says which. */
export class ListRunsQuery extends VendorPageQuery {
  /** The `id` of a pipeline: list only its runs. */
  @IsOptional()
  @IsString()
  @Length(1, MAX_NAME)
  pipeline?: string;

  /** List only runs of this repository: `owner/name`, as in the list of pipelines. */
  @IsOptional()
  @IsString()
  @Length(1, MAX_NAME)
  repository?: string;

  /** List only runs of this commit. */
  @IsOptional()
  @Matches(SHA_PATTERN, { message: SHA_MESSAGE })
  commit?: string;
}

/** `integrations.v1.rpc.ci.runs`: list the runs of a CI system, newest first. */
export class ListRunsRequest extends ListRunsQuery {
  /** Id of the integration. */
  @IsUUID()
  integrationId: string;
}
