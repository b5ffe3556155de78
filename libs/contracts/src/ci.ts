import { IsOptional, IsString, IsUUID, Length, Matches } from 'class-validator';
import { DiscoverPageQuery, VendorPageQuery } from './discovery';
import type { Page } from './page';
import { SHA_PATTERN } from './scm-requests';

/** `waiting` is for somebody's approval, `queued` for a machine. */
export const RUN_STATUSES = ['queued', 'waiting', 'running', 'completed'] as const;
export type RunStatus = (typeof RUN_STATUSES)[number];

/** `partial` is what went through with failures that were let pass: unstable, partially succeeded. */
export const RUN_CONCLUSIONS = [
  'success',
  'partial',
  'failure',
  'neutral',
  'cancelled',
  'skipped',
  'timed_out',
] as const;
export type RunConclusion = (typeof RUN_CONCLUSIONS)[number];

const MAX_NAME = 500;

/** What a CI system can run again and again: a workflow, job, pipeline or template. */
export interface DiscoveredPipeline {
  /** As `pipeline` of a list of runs takes it. */
  readonly id: string;
  /** For people, with the folders, project or namespace that it stands in: `platform/shop-build`. */
  readonly name: string;
  /** For people, in a browser; null where there is no such page. */
  readonly url: string | null;
  /** The repository that it belongs to, as `owner/name`; null where the system does not tell. */
  readonly repository: string | null;
  /** False where the system starts no run of it. */
  readonly enabled: boolean;
}

/** One run of a pipeline. Times are ISO-8601 UTC, null before they are and where the system does not tell. */
export interface PipelineRun {
  readonly id: string;
  /** Of a listed pipeline; null where it was run without one. */
  readonly pipelineId: string | null;
  /** As people know it: `#42`, `shop-build-x7f2q`. */
  readonly name: string;
  readonly status: RunStatus;
  /** Null until it is completed, and where the system's own word says none of these. */
  readonly conclusion: RunConclusion | null;
  readonly branch: string | null;
  /** Whole SHA; null where the system does not tell. */
  readonly commit: string | null;
  readonly createdAt: string | null;
  readonly startedAt: string | null;
  readonly finishedAt: string | null;
  readonly url: string | null;
}

/** One page of pipelines. */
export type PipelinePage = Page<DiscoveredPipeline>;

/** One page of runs, the newest first. */
export type RunPage = Page<PipelineRun>;

/** `integrations.v1.rpc.ci.pipelines`. */
export class ListPipelinesRequest extends DiscoverPageQuery {
  @IsUUID()
  integrationId: string;
}

/** Which page of which runs. A provider that needs a pipeline or a repository to list runs of says so. */
export class ListRunsQuery extends VendorPageQuery {
  /** The `id` of a pipeline. */
  @IsOptional()
  @IsString()
  @Length(1, MAX_NAME)
  pipeline?: string;

  /** As the list of pipelines names it, `owner/name`. */
  @IsOptional()
  @IsString()
  @Length(1, MAX_NAME)
  repository?: string;

  /** Runs of this commit only. */
  @IsOptional()
  @Matches(SHA_PATTERN, { message: 'must be a whole commit SHA, 40 or 64 lower-case hexadecimal digits' })
  commit?: string;
}

/** `integrations.v1.rpc.ci.runs`. */
export class ListRunsRequest extends ListRunsQuery {
  @IsUUID()
  integrationId: string;
}
