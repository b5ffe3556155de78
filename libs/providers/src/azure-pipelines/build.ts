import { type PipelineRun, type RunConclusion, type RunStatus, SHA_PATTERN } from '@integrations/contracts';
import { utcTime } from '@integrations/provider-kit';
import { pipelineId } from './place';

/** The fields we use of a build, the API's term for a run. */
export interface Build {
  readonly id: number;
  readonly buildNumber?: string;
  readonly status?: string;
  readonly result?: string;
  readonly queueTime?: string;
  readonly startTime?: string;
  readonly finishTime?: string;
  readonly sourceBranch?: string;
  readonly sourceVersion?: string;
  readonly definition?: { readonly id: number };
  readonly project?: { readonly name: string };
  readonly _links?: { readonly web?: { readonly href?: string } };
}

const STATUSES: Readonly<Record<string, RunStatus>> = {
  none: 'queued',
  notStarted: 'queued',
  // Waits until somebody resumes its pipeline.
  postponed: 'waiting',
  inProgress: 'running',
  cancelling: 'running',
  completed: 'completed',
};

const CONCLUSIONS: Readonly<Record<string, RunConclusion>> = {
  succeeded: 'success',
  partiallySucceeded: 'partial',
  failed: 'failure',
  canceled: 'cancelled',
};

const BRANCH = /^refs\/heads\/(.+)$/;

export function isBuild(value: unknown): value is Build {
  return typeof (value as Partial<Build> | null)?.id === 'number';
}

export function toRun(build: Build): PipelineRun {
  const { id, buildNumber, definition, project, sourceBranch = '', sourceVersion = '' } = build;
  const status = STATUSES[build.status ?? ''] ?? 'queued';
  return {
    id: String(id),
    pipelineId: definition && project ? pipelineId(project.name, definition.id) : null,
    name: buildNumber ? `#${buildNumber}` : `#${id}`,
    status,
    conclusion: status === 'completed' ? (CONCLUSIONS[build.result ?? ''] ?? null) : null,
    branch: BRANCH.exec(sourceBranch)?.[1] ?? null,
    // Changesets of Team Foundation Version Control have numbers instead.
    commit: SHA_PATTERN.test(sourceVersion) ? sourceVersion : null,
    createdAt: utcTime(build.queueTime),
    startedAt: utcTime(build.startTime),
    finishedAt: utcTime(build.finishTime),
    url: build._links?.web?.href ?? null,
  };
}
