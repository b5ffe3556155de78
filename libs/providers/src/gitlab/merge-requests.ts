import type { PullRequestFacts, PullRequestRef } from '@integrations/provider-kit';
import type { GitLabClient } from '../vendors/gitlab/client';
import { unreadable } from '../vendors/gitlab/errors';
import { ProjectClient } from './project';

/** The fields we use of a merge request. */
export interface MergeRequest {
  readonly id: number;
  readonly iid: number;
  readonly state: string;
  readonly draft?: boolean;
  readonly discussion_locked?: boolean | null;
  /** The newest commit; null until GitLab has processed it. */
  readonly sha: string | null;
  readonly source_branch: string;
  readonly source_project_id: number | null;
  readonly target_project_id: number;
  /** The pipeline that it shows; present only when a single merge request is read by its number. */
  readonly head_pipeline?: Pipeline | null;
}

/** The fields we use of a pipeline. */
export interface Pipeline {
  readonly id: number;
  readonly sha: string;
  readonly source?: string;
  /** A branch or tag, or a ref that begins with `refs/` for a merge request pipeline. */
  readonly ref?: string;
}

export async function readPullRequest(
  client: GitLabClient,
  pullRequest: PullRequestRef,
  signal: AbortSignal,
): Promise<PullRequestFacts> {
  const { pullRequestNumber } = pullRequest;
  const project = new ProjectClient(client, pullRequest, signal);
  const { state, draft, discussion_locked, sha } = await mergeRequestOf(project, pullRequestNumber);
  if (typeof sha !== 'string') throw unreadable(`the request for merge request ${pullRequestNumber}`);
  return {
    headSha: sha,
    // GitLab's state `locked` is a step on the way to `merged`.
    state: state === 'opened' ? 'open' : 'closed',
    draft: draft ?? false,
    locked: discussion_locked ?? false,
  };
}

export function mergeRequestOf(project: ProjectClient, iid: number): Promise<MergeRequest> {
  return project.get<MergeRequest>('a merge request', ({ mergeRequests }, id) => mergeRequests.show(id, iid));
}

/** The project's open merge requests whose newest commit is `sha`. */
export async function mergeRequestsOf(project: ProjectClient, sha: string): Promise<MergeRequest[]> {
  const found: MergeRequest[] = [];
  const all = project.list<MergeRequest>('merge requests', ({ commits }, id, page) =>
    commits.allMergeRequests(id, sha, page),
  );
  for await (const one of all) if (one.state === 'opened' && one.sha === sha) found.push(one);
  return found;
}
