import { notFound } from './answer.ts';
import { mergeRequestOf, page, projectOf, type Route } from './routes.ts';
import { pipelineShape } from './pipelines-routes.ts';
import type { FakeMergeRequest, FakePipeline, FakeProject, FakeVersion } from './world.ts';

const ON = '/projects/{id}/merge_requests/{iid}';

/** Merge requests and their versions. */
export const MERGE_REQUESTS_ROUTES: readonly Route[] = [
  {
    method: 'GET',
    template: ON,
    job: true,
    handle(call, context) {
      const [mergeRequest, project] = [mergeRequestOf(call, context), projectOf(call, context)];
      const pipeline = headPipelineOf(mergeRequest, project);
      const body = mergeRequestShape(mergeRequest, project);
      return {
        status: 200,
        body: { ...body, head_pipeline: pipeline && pipelineShape(pipeline, project, context.url) },
      };
    },
  },
  {
    method: 'GET',
    template: `${ON}/versions`,
    query: ['page', 'per_page'],
    handle: (call, context) => page(mergeRequestOf(call, context).versions, call, versionShape),
  },
  {
    method: 'GET',
    template: `${ON}/versions/{version}`,
    handle(call, context) {
      const found = mergeRequestOf(call, context).versions.find(({ id }) => String(id) === call.params['version']);
      if (!found) throw notFound('Merge Request Diff');
      return { status: 200, body: { ...versionShape(found), diffs: found.files } };
    },
  },
  {
    method: 'GET',
    template: '/projects/{id}/repository/commits/{sha}',
    handle(call, context) {
      const sha = call.params['sha']!;
      const commit = projectOf(call, context).commits.get(sha);
      if (!commit) throw notFound('Commit');
      return { status: 200, body: { id: sha, short_id: sha.slice(0, 8), parent_ids: commit.parents ?? [] } };
    },
  },
  {
    method: 'GET',
    template: '/projects/{id}/repository/commits/{sha}/merge_requests',
    query: ['page', 'per_page', 'state'],
    handle(call, context) {
      const project = projectOf(call, context);
      const sha = call.params['sha']!;
      const found = [...project.mergeRequests.values()].filter(({ versions }) =>
        versions.some(({ head }) => head === sha),
      );
      return page(found, call, (one) => mergeRequestShape(one, project));
    },
  },
];

/** Prefers the merge request's own pipelines to those of its branch. */
function headPipelineOf({ iid, versions }: FakeMergeRequest, { pipelines }: FakeProject): FakePipeline | null {
  const own = pipelines.findLast(({ ref }) => ref.startsWith(`refs/merge-requests/${iid}/`));
  return own ?? pipelines.findLast(({ sha }) => versions.some(({ head }) => head === sha)) ?? null;
}

function mergeRequestShape(mergeRequest: FakeMergeRequest, project: FakeProject): object {
  const { id, iid, state, draft, discussionLocked, sourceBranch, sourceProject, versions } = mergeRequest;
  const { head: sha, base, start } = versions[0]!;
  return {
    ...{ id, iid, state, draft, discussion_locked: discussionLocked ? true : null, sha, title: `Merge request ${iid}` },
    ...{ source_branch: sourceBranch, target_branch: 'main', project_id: project.id },
    ...{ source_project_id: sourceProject, target_project_id: project.id },
    diff_refs: { base_sha: base, head_sha: sha, start_sha: start },
  };
}

function versionShape({ id, base, start, head }: FakeVersion): object {
  return { id, base_commit_sha: base, start_commit_sha: start, head_commit_sha: head, state: 'collected' };
}
