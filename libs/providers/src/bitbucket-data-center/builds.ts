import type { CheckRunConclusion, CommitState, Truncation } from '@integrations/contracts';
import { truncateLine } from '@integrations/provider-kit';
import { type RepositoryName, webUrlOf } from './addresses';
import { MAX_STATUS_TEXT, MAX_STATUS_URL } from './limits';
import { apiPath, type Write } from './repository';

export type BuildState = 'INPROGRESS' | 'SUCCESSFUL' | 'FAILED' | 'CANCELLED';

/**
 * The body of a build status.
 * https://developer.atlassian.com/server/bitbucket/rest/v902/api-group-builds-and-deployments/
 */
export interface Build {
  readonly key: string;
  readonly state: BuildState;
  readonly url: string;
  readonly name: string;
  /** The plan of the build. Merge checks refer to plans by this name. */
  readonly parent: string;
  readonly description?: string;
}

/** The content of a build status, in our terms. */
export interface BuildContent {
  readonly state: BuildState;
  /** At most 255 characters. */
  readonly name: string;
  readonly description?: string | undefined;
  readonly targetUrl?: string | undefined;
}

export interface Commit extends RepositoryName {
  readonly sha: string;
}

export const STATE_OF_STATUS: Readonly<Record<CommitState, BuildState>> = {
  pending: 'INPROGRESS',
  success: 'SUCCESSFUL',
  failure: 'FAILED',
  error: 'FAILED',
};

const STATE_OF_CONCLUSION: Readonly<Record<CheckRunConclusion, BuildState>> = {
  success: 'SUCCESSFUL',
  neutral: 'SUCCESSFUL',
  skipped: 'SUCCESSFUL',
  failure: 'FAILED',
  timed_out: 'FAILED',
  action_required: 'FAILED',
  cancelled: 'CANCELLED',
};

export function stateOfRun(conclusion: CheckRunConclusion | null): BuildState {
  return conclusion ? STATE_OF_CONCLUSION[conclusion] : 'INPROGRESS';
}

/** A build status needs a link: without a usable one, it links to the commit. */
export function buildOf(
  base: string,
  commit: Commit,
  { state, name, description = '', targetUrl }: BuildContent,
): { build: Build; truncated: Truncation[] } {
  const cut = truncateLine(description, { field: 'description', max: MAX_STATUS_TEXT, unit: 'bytes' });
  const fits = targetUrl === undefined || targetUrl.length <= MAX_STATUS_URL;
  // A truncated link would be useless.
  const left = { field: 'targetUrl', was: targetUrl?.length ?? 0, now: 0, unit: 'characters' } as const;
  return {
    build: {
      ...{ key: name, state, name, parent: name },
      url: targetUrl !== undefined && fits ? targetUrl : `${webUrlOf(base, commit)}/commits/${commit.sha}`,
      ...(cut.text ? { description: cut.text } : {}),
    },
    truncated: [...(cut.truncation ? [cut.truncation] : []), ...(fits ? [] : [left])],
  };
}

export function buildCreation(commit: Commit, body: Build): Write {
  return { method: 'POST', path: buildsPath(commit), body };
}

export function buildsPath(commit: Commit): string {
  return apiPath(commit, `/commits/${commit.sha}/builds`);
}
