import {
  added,
  FORK,
  FORK_SHA,
  HEAD_SHA,
  JOB_TOKEN,
  MERGE_REQUEST,
  OWNER,
  PROJECT,
  REPOSITORY,
  startAcme,
  TOKEN,
} from '../../support/fake-gitlab/connection';
import type { FakeGitLab } from '../../support/fake-gitlab/index';
import { ALL_CREATED, ANNOTATION, connectVendor, FINDING } from './connected-vendor';

const finding = { ...FINDING, message: '/merge @all' };

let gitlab: FakeGitLab;
const { comment, status, checkRun, publish, operation } = connectVendor({
  provider: 'gitlab',
  target: { owner: OWNER, repository: REPOSITORY, pullRequestNumber: MERGE_REQUEST, headSha: HEAD_SHA },
  connections: {
    acme: { secret: TOKEN, config: { tokenHeader: 'PRIVATE-TOKEN' } },
    ci: { secret: JOB_TOKEN, config: { tokenHeader: 'JOB-TOKEN' } },
  },
  start: async () => (gitlab = await startAcme({ basePath: '/gitlab', files: [added('src/a.ts', 20)] })),
});

const discussions = () => gitlab.mergeRequest(PROJECT, MERGE_REQUEST).discussions;

describe('GitLab', () => {
  it('gets a comment', async () => {
    const reply = await comment({ body: 'Two findings.\n/merge' });
    expect(reply).toMatchObject({ success: true, result: { outcome: 'created' } });
    expect(reply.result?.['url']).toBe(
      `${gitlab.url}/${PROJECT}/-/merge_requests/7#note_${String(reply.result?.['commentId'])}`,
    );
    expect(gitlab.notes(PROJECT, MERGE_REQUEST)[0]).toMatch(/^Two findings\.\n \/merge\n/);
  });

  it('gets a commit status, for a fork in the project where the pipeline runs', async () => {
    const pipeline = gitlab.world.newPipeline({ id: 99, sha: FORK_SHA, ref: 'topic-8', source: 'push' });
    gitlab.world.project(FORK).pipelines.push(pipeline);
    for (const commitSha of [HEAD_SHA, FORK_SHA]) {
      const reply = await status({ commitSha, state: 'failure', context: 'scan', description: '2 high' });
      expect(reply).toMatchObject({ success: true, result: { outcome: 'created', state: 'failure' } });
    }
    expect(gitlab.statuses(PROJECT, HEAD_SHA)).toMatchObject([{ status: 'failed', name: 'scan', ref: 'topic-7' }]);
    expect(gitlab.statuses(FORK, FORK_SHA)).toMatchObject([{ status: 'failed', pipeline: 99 }]);
    expect(gitlab.statuses(PROJECT, FORK_SHA)).toEqual([]);
  });

  it('gets a check run as a status, remarks and a note, which the next run updates', async () => {
    expect(await checkRun({ annotations: [ANNOTATION] })).toMatchObject({
      result: { outcome: 'created', annotationsPosted: 1 },
    });
    expect(await checkRun({ annotations: [ANNOTATION] })).toMatchObject({ result: { outcome: 'unchanged' } });
    expect(discussions()).toMatchObject([{ position: { new_line: 4 }, resolvedBy: null }, { individual: true }]);

    const fixed = await checkRun({ conclusion: 'success', summary: 'Nothing found.', annotations: [] });
    expect(fixed).toMatchObject({ result: { outcome: 'updated', conclusion: 'success' } });
    expect(gitlab.statuses(PROJECT, HEAD_SHA).map(({ status }) => status)).toEqual(['failed', 'success']);
    expect(discussions()).toMatchObject([
      { resolvedBy: { username: 'project_1_bot_abc' } },
      { notes: [{ body: expect.stringContaining('Nothing found.') }] },
    ]);
  });

  it('shows each finding of a published scan once, and executes no quick action from the scanned code', async () => {
    const first = await publish([finding, { ...finding, ruleId: 'no-var', path: 'src/other.ts' }]);
    expect(first).toMatchObject({
      success: true,
      result: {
        ...ALL_CREATED,
        items: [{ outcome: 'inline' }, { outcome: 'summary' }],
      },
    });
    expect(discussions().filter(({ position }) => position)).toMatchObject([{ position: { new_line: 2 } }]);
    for (const body of gitlab.notes(PROJECT, MERGE_REQUEST)) expect(body).not.toMatch(/^\/merge|@all/m);
    expect(gitlab.statuses(PROJECT, HEAD_SHA).map(({ name }) => name)).toEqual(['check: scan', 'scan']);

    expect((await publish([])).result).toMatchObject({ conclusion: 'success', changes: { fixed: 2 } });
    expect(discussions().filter(({ position }) => position)).toMatchObject([{ resolvedBy: {} }]);
  });

  it('has nothing resolved, not even remarks of a check run, until a scan has completed', async () => {
    const show = { checkRun: { name: 'scan' } };
    const scanned = (runs: object[]) => publish([], { show, source: { sarif: { version: '2.1.0', runs } } });
    await publish([finding], { show });

    expect((await scanned([])).result).toMatchObject({ conclusion: 'failure', changes: null });
    expect(discussions().filter(({ position }) => position)).toMatchObject([{ resolvedBy: null }]);
    expect((await scanned([{ tool: { driver: { name: 'T' } }, results: [] }])).result).toMatchObject({
      conclusion: 'success',
    });
    expect(discussions().filter(({ position }) => position)).toMatchObject([{ resolvedBy: {} }]);
  });

  it("keeps a draft's conversation unchanged on request, while the commit still gets its result", async () => {
    gitlab.mergeRequest(PROJECT, MERGE_REQUEST).draft = true;
    const reply = await publish([finding], { policies: { draft: 'skip' } });

    expect(reply).toMatchObject({
      success: true,
      result: {
        comment: { outcome: 'skipped' },
        inline: { outcome: 'skipped' },
        items: [{ outcome: 'dropped', reason: 'the pull request is a draft' }],
      },
    });
    expect(gitlab.statuses(PROJECT, HEAD_SHA).map(({ name }) => name)).toEqual(['check: scan', 'scan']);
    expect(discussions()).toEqual([]);
  });

  it('gets a comment only once although the response to its creation was lost', async () => {
    gitlab.inject({
      when: ({ method, path }) => method === 'POST' && path.endsWith('/notes'),
      ...{ processed: true, reply: 'reset' },
    });
    const reply = await comment({ body: 'Once.', updateExisting: false });
    expect(reply).toMatchObject({ success: true, result: { outcome: 'unchanged' } });
    expect(gitlab.notes(PROJECT, MERGE_REQUEST)).toHaveLength(1);
  });

  it('makes us wait as long as it asks, even in plain text', async () => {
    const reply = { status: 429, headers: { 'retry-after': '1' }, body: 'Retry later' };
    gitlab.inject({ when: ({ path }) => path.includes('/statuses/'), processed: false, reply });
    const answer = await status({ state: 'success', context: 'later' });
    expect(answer.success).toBe(true);
    const shown = await operation({ operationId: answer.operationId });
    expect(shown.result).toMatchObject({ attempts: 1 });
  });

  it('is not called for what a CI job token may not do', async () => {
    const reply = await comment({ body: 'Hello.' }, { tenant: 'ci' });
    expect(reply).toMatchObject({ success: false, errorCode: 'permission_missing', isTransient: false });
    expect(reply.errorMessage).toContain('CI job token');
    expect(gitlab.requests).toEqual([]);
  });
});
