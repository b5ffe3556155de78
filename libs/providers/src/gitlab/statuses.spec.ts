import { randomUUID } from 'node:crypto';
import { ScmStatusRequest } from '@integrations/contracts';
import type { EgressClient } from '@integrations/provider-kit';
import {
  connect,
  FORK,
  FORK_SHA,
  HEAD_SHA,
  LONE_SHA,
  OWNER,
  PROJECT,
  REPOSITORY,
  startAcme,
} from '../../../../test/support/fake-gitlab/connection';
import { loopbackEgress } from '../../../../test/support/fake-vendor/connection';
import type { LoggedRequest } from '../../../../test/support/fake-vendor/faults';
import type { FakeGitLab } from '../../../../test/support/fake-gitlab/index';
import { GitLabClient } from '../vendors/gitlab/client';
import { GitLabConfig } from './config';
import { stateOfRun } from './states';
import { postStatus } from './statuses';

describe('postStatus', () => {
  let gitlab: FakeGitLab;
  let egress: EgressClient;

  const post = (fields: Partial<ScmStatusRequest> = {}) => {
    const { integration, deps } = connect(gitlab, egress, { config: new GitLabConfig() });
    const ofCommit = { owner: OWNER, repository: REPOSITORY, commitSha: HEAD_SHA, state: 'success', context: 'scan' };
    const request = Object.assign(new ScmStatusRequest(), { ...ofCommit, ...fields });
    const context = { operationId: randomUUID(), upsertKey: 'scan', signal: AbortSignal.timeout(60_000) };
    return postStatus(new GitLabClient(integration, deps), request, context);
  };
  const statuses = (sha = HEAD_SHA, project = PROJECT) => gitlab.statuses(project, sha);
  const posted = () => gitlab.requests.filter(({ method }) => method === 'POST').map(({ body }) => body);

  beforeAll(async () => {
    egress = loopbackEgress();
    gitlab = await startAcme();
  });
  afterEach(() => {
    expect(gitlab.violations).toEqual([]);
    gitlab.reset();
  });
  afterAll(async () => {
    await egress.close();
    await gitlab.stop();
  });

  it("posts to the pipeline of the commit once, and links to the commit's page", async () => {
    const response = await post({ description: 'Fine' });

    expect(response).toEqual({
      ...{ outcome: 'created', statusId: String(statuses()[0]!.id), state: 'success', context: 'scan', truncated: [] },
      url: `${gitlab.url}/${PROJECT}/-/commit/${HEAD_SHA}`,
    });
    expect(await post({ description: 'Fine' })).toMatchObject({ outcome: 'unchanged' });
    expect(posted()).toHaveLength(1);
    expect(gitlab.world.project(PROJECT).pipelines).toHaveLength(1);
  });

  it('updates one job of the pipeline from pending to its end', async () => {
    await post({ state: 'pending' });

    expect(await post({ state: 'error' })).toMatchObject({ outcome: 'updated' });
    expect(statuses()).toMatchObject([{ status: 'failed' }]);
  });

  it("takes GitLab's refusal of a repeated state as success", async () => {
    await post({ state: 'pending' });

    expect(await post({ state: 'pending', description: 'Still at it' })).toMatchObject({ outcome: 'unchanged' });
    expect(statuses()).toHaveLength(1);
  });

  it('prefers a real pipeline to one that only holds statuses', async () => {
    const external = gitlab.world.newPipeline({ id: 5_000, sha: HEAD_SHA, ref: 'topic-7', source: 'external' });
    gitlab.world.project(PROJECT).pipelines.push(external);
    await post();

    expect(statuses()[0]!.pipeline).not.toBe(5_000);
  });

  it.each([
    ['of a branch', 'topic-7', { ref: 'topic-7' }],
    ['of a merge request', 'refs/merge-requests/7/head', {}],
  ])('posts to a new pipeline if that %s is archived, once', async (_, ref, at) => {
    const { pipelines } = gitlab.world.project(PROJECT);
    const archived = gitlab.world.newPipeline({ sha: HEAD_SHA, ref, source: 'push', archived: true });
    pipelines.splice(0, 1, archived);
    await post();

    expect(await post()).toMatchObject({ outcome: 'unchanged' });
    expect(statuses()).toMatchObject([{ status: 'success', pipeline: pipelines[1]!.id }]);
    expect(posted()[1]).toEqual({ state: 'success', name: 'scan', ...at });
  });

  describe('if the pipeline of the merge request runs on a merge with the target branch', () => {
    const MERGE_SHA = 'd'.repeat(40);

    /** GitLab records it under the merge commit and shows it at the merge request. */
    const mergedResults = (source: string) => {
      const { pipelines, commits } = gitlab.world.project(PROJECT);
      const ref = 'refs/merge-requests/7/merge';
      pipelines.splice(0, 1, gitlab.world.newPipeline({ sha: MERGE_SHA, ref, source: 'merge_request_event' }));
      commits.set(MERGE_SHA, { branches: [], statuses: [], parents: ['b'.repeat(40), source] });
    };

    it('posts to that pipeline, once', async () => {
      mergedResults(HEAD_SHA);
      await post();

      expect(await post()).toMatchObject({ outcome: 'unchanged' });
      expect(statuses(MERGE_SHA)).toMatchObject([{ status: 'success' }]);
      expect(gitlab.world.project(PROJECT).pipelines).toHaveLength(1);
    });

    it('posts to that pipeline, even if the status was pending before it existed', async () => {
      const { pipelines } = gitlab.world.project(PROJECT);
      pipelines.push(gitlab.world.newPipeline({ sha: HEAD_SHA, ref: 'topic-7', source: 'external' }));
      mergedResults(HEAD_SHA);
      await post();

      expect(statuses(MERGE_SHA)).toMatchObject([{ status: 'success' }]);
    });

    it('does not post to the pipeline of an earlier push', async () => {
      mergedResults('9'.repeat(40));
      await post();

      expect(statuses()).toMatchObject([{ ref: 'topic-7' }]);
      expect(statuses(MERGE_SHA)).toEqual([]);
    });

    it('posts to the branch if the merge commit no longer exists', async () => {
      mergedResults(HEAD_SHA);
      gitlab.world.project(PROJECT).commits.delete(MERGE_SHA);
      await post();

      expect(statuses()).toMatchObject([{ ref: 'topic-7' }]);
    });
  });

  it('names the branch of the merge request if there is no pipeline yet', async () => {
    gitlab.world.project(PROJECT).pipelines.length = 0;
    await post();
    await post();

    expect(posted()).toMatchObject([{ ref: 'topic-7' }]);
  });

  it('leaves the branch to GitLab if there is no merge request either', async () => {
    expect(await post({ commitSha: LONE_SHA })).toMatchObject({ outcome: 'created' });
    expect(statuses(LONE_SHA)).toMatchObject([{ ref: 'main' }]);
  });

  it.each([
    ['its own, where its pipeline runs', true, 30, FORK],
    ['the target, if the fork has no pipeline', false, 30, PROJECT],
    ['the target, if the token may not see the fork', true, 0, PROJECT],
    ['the target, if the token may only see the fork', true, 20, PROJECT],
  ])('posts for a fork to the right project: %s', async (_, hasPipeline, accessLevel, expected) => {
    const fork = gitlab.world.project(FORK);
    fork.accessLevel = accessLevel;
    if (hasPipeline)
      fork.pipelines.push(gitlab.world.newPipeline({ id: 99, sha: FORK_SHA, ref: 'topic-8', source: 'push' }));
    await post({ commitSha: FORK_SHA });

    expect(statuses(FORK_SHA, expected)).toHaveLength(1);
  });

  it('does not take a pipeline for missing because GitLab.com asks for a browser', async () => {
    gitlab.world
      .project(FORK)
      .pipelines.push(gitlab.world.newPipeline({ id: 99, sha: FORK_SHA, ref: 'topic-8', source: 'push' }));
    const when = ({ path }: LoggedRequest) => path === `/projects/${gitlab.world.project(FORK).id}/pipelines`;
    const body = '<!DOCTYPE html>\n<html>\n<head>\n  <title>Checking your Browser - GitLab</title>\n</head>\n</html>';
    gitlab.inject({ when, processed: false, reply: { status: 403, body } });

    await expect(post({ commitSha: FORK_SHA })).rejects.toMatchObject({
      code: 'provider_unavailable',
      transient: true,
    });
    expect(posted()).toEqual([]);
  });

  it.each([
    ['a lock on the commit', 'conflict', true, () => (gitlab.world.isLocked = true)],
    ['a full pipeline', 'limit_reached', false, () => (gitlab.world.maxJobs = 0)],
    ['a missing permission', 'permission_missing', false, () => (gitlab.world.project(PROJECT).accessLevel = 20)],
  ])('reports %s', async (_, code, transient, cause) => {
    cause();

    await expect(post()).rejects.toMatchObject({ code, transient });
  });

  it('reports that a protected branch requires a higher role', async () => {
    gitlab.world.project(PROJECT).protectedBranches = ['main'];

    const message = expect.stringContaining('protected');
    await expect(post({ commitSha: LONE_SHA })).rejects.toMatchObject({ code: 'permission_missing', message });
  });

  it('reports that a job of the pipeline has its name', async () => {
    const { pipelines } = gitlab.world.project(PROJECT);
    pipelines.push(gitlab.world.newPipeline({ sha: HEAD_SHA, ref: 'topic-7', source: 'push', jobs: ['scan'] }));

    await expect(post()).rejects.toMatchObject({ code: 'invalid_request', message: expect.stringContaining('a job') });
  });

  it('maps queued to pending, and in progress to running', () => {
    expect([stateOfRun('queued', null), stateOfRun('in_progress', null)]).toEqual(['pending', 'running']);
  });

  it('cuts a description, and leaves out a link that is too long', async () => {
    const response = await post({ description: 'x'.repeat(300), targetUrl: `https://scan.example/${'y'.repeat(300)}` });

    expect(response.truncated.map(({ field, now }) => [field, now])).toEqual([
      ['description', 255],
      ['targetUrl', 0],
    ]);
    expect(statuses()[0]).toMatchObject({ targetUrl: null, description: expect.stringMatching(/x…$/) });
  });
});
