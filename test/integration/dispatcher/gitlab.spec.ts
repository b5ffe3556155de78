import type { NestFastifyApplication } from '@nestjs/platform-fastify';
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
import { DispatcherPlatform } from './platform';

const place = { owner: OWNER, repository: REPOSITORY };
const finding = {
  ...{ ruleId: 'no-eval', severity: 'high', title: 'No eval', message: '/merge @all', path: 'src/a.ts' },
  startLine: 2,
};

let platform: DispatcherPlatform;
let gitlab: FakeGitLab;
let app: NestFastifyApplication;

beforeAll(async () => {
  gitlab = await startAcme({ basePath: '/gitlab', files: [added('src/a.ts', 20)] });
  platform = await DispatcherPlatform.start();
  for (const [tenantId, token, tokenHeader] of [
    ['acme', TOKEN, 'PRIVATE-TOKEN'],
    ['ci', JOB_TOKEN, 'JOB-TOKEN'],
  ] as const) {
    const authRef = platform.storeSecret(tenantId, 'gitlab.token', token);
    await platform.integrate({ tenantId, provider: 'gitlab', endpoint: gitlab.url, authRef, config: { tokenHeader } });
  }
  app = await platform.startApp();
});
beforeEach(() => gitlab.reset());
afterEach(() => expect(gitlab.violations).toEqual([]));
afterAll(async () => {
  await app?.close();
  await platform?.stop();
  await gitlab?.stop();
});

const discussions = () => gitlab.mergeRequest(PROJECT, MERGE_REQUEST).discussions;
const publish = (findings: readonly object[], more: object = {}) =>
  platform.ask('integrations.v1.rpc.scm.publish', {
    ...place,
    ...{ pullRequestNumber: MERGE_REQUEST, headSha: HEAD_SHA, upsertKey: 'sast', source: { findings } },
    show: { comment: true, inline: true, checkRun: { name: 'scan' }, status: { context: 'scan' } },
    ...more,
  });

describe('GitLab', () => {
  it('gets a comment', async () => {
    const request = { ...place, pullRequestNumber: MERGE_REQUEST, body: 'Two findings.\n/merge' };
    const reply = await platform.ask('integrations.v1.rpc.scm.comment', request);
    expect(reply).toMatchObject({ success: true, result: { outcome: 'created' } });
    expect(reply.result?.['url']).toBe(
      `${gitlab.url}/${PROJECT}/-/merge_requests/7#note_${String(reply.result?.['commentId'])}`,
    );
    expect(gitlab.notes(PROJECT, MERGE_REQUEST)[0]).toMatch(/^Two findings\.\n \/merge\n/);
  });

  it('gets a commit status, of a fork in the project where the pipeline runs', async () => {
    const pipeline = gitlab.world.newPipeline({ id: 99, sha: FORK_SHA, ref: 'topic-8', source: 'push' });
    gitlab.world.project(FORK).pipelines.push(pipeline);
    for (const commitSha of [HEAD_SHA, FORK_SHA]) {
      const request = { ...place, commitSha, state: 'failure', context: 'scan', description: '2 high' };
      const reply = await platform.ask('integrations.v1.rpc.scm.status', request);
      expect(reply).toMatchObject({ success: true, result: { outcome: 'created', state: 'failure' } });
    }
    expect(gitlab.statuses(PROJECT, HEAD_SHA)).toMatchObject([{ status: 'failed', name: 'scan', ref: 'topic-7' }]);
    expect(gitlab.statuses(FORK, FORK_SHA)).toMatchObject([{ status: 'failed', pipeline: 99 }]);
    expect(gitlab.statuses(PROJECT, FORK_SHA)).toEqual([]);
  });

  it('gets a check run as a status, remarks and a note, which the next run brings up to date', async () => {
    const annotation = { path: 'src/a.ts', startLine: 3, endLine: 4, annotationLevel: 'failure', message: 'eval' };
    const run = { ...place, headSha: HEAD_SHA, name: 'scan', conclusion: 'failure', summary: 'One finding.' };
    const ask = (more: object) => platform.ask('integrations.v1.rpc.scm.check_run', { ...run, ...more });
    expect(await ask({ annotations: [annotation] })).toMatchObject({
      result: { outcome: 'created', annotationsPosted: 1 },
    });
    expect(await ask({ annotations: [annotation] })).toMatchObject({ result: { outcome: 'unchanged' } });
    expect(discussions()).toMatchObject([{ position: { new_line: 4 }, resolvedBy: null }, { individual: true }]);

    const fixed = await ask({ conclusion: 'success', summary: 'Nothing found.', annotations: [] });
    expect(fixed).toMatchObject({ result: { outcome: 'updated', conclusion: 'success' } });
    expect(gitlab.statuses(PROJECT, HEAD_SHA).map(({ status }) => status)).toEqual(['failed', 'success']);
    expect(discussions()).toMatchObject([
      { resolvedBy: { username: 'project_1_bot_abc' } },
      { notes: [{ body: expect.stringContaining('Nothing found.') }] },
    ]);
  });

  it('shows a published scan, each finding once, and obeys nothing that the code under scan says', async () => {
    const first = await publish([finding, { ...finding, ruleId: 'no-var', path: 'src/other.ts' }]);
    expect(first).toMatchObject({
      success: true,
      result: {
        ...{ outcome: 'created', checkRun: { outcome: 'created' }, status: { outcome: 'created' } },
        ...{ comment: { outcome: 'created' }, inline: { outcome: 'created' } },
        items: [{ outcome: 'inline' }, { outcome: 'summary' }],
      },
    });
    expect(discussions().filter(({ position }) => position)).toMatchObject([{ position: { new_line: 2 } }]);
    for (const body of gitlab.notes(PROJECT, MERGE_REQUEST)) expect(body).not.toMatch(/^\/merge|@all/m);
    expect(gitlab.statuses(PROJECT, HEAD_SHA).map(({ name }) => name)).toEqual(['check: scan', 'scan']);

    expect((await publish([])).result).toMatchObject({ conclusion: 'success', changes: { fixed: 2 } });
    expect(discussions().filter(({ position }) => position)).toMatchObject([{ resolvedBy: {} }]);
  });

  it('takes nothing for fixed, in remarks of a check run either, until a scan has run to its end', async () => {
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

  it('keeps the conversation of a draft as it is where that is asked for, and the commit is concluded', async () => {
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

  it('gets a comment once although the reply to its creation was lost', async () => {
    gitlab.inject({
      when: ({ method, path }) => method === 'POST' && path.endsWith('/notes'),
      ...{ processed: true, reply: 'reset' },
    });
    const request = { ...place, pullRequestNumber: MERGE_REQUEST, body: 'Once.', updateExisting: false };
    const reply = await platform.ask('integrations.v1.rpc.scm.comment', request);
    expect(reply).toMatchObject({ success: true, result: { outcome: 'unchanged' } });
    expect(gitlab.notes(PROJECT, MERGE_REQUEST)).toHaveLength(1);
  });

  it('is obeyed on how long to wait, in plain text', async () => {
    const reply = { status: 429, headers: { 'retry-after': '1' }, body: 'Retry later' };
    gitlab.inject({ when: ({ path }) => path.includes('/statuses/'), processed: false, reply });
    const request = { ...place, commitSha: HEAD_SHA, state: 'success', context: 'later' };
    const answer = await platform.ask('integrations.v1.rpc.scm.status', request);
    expect(answer.success).toBe(true);
    const shown = await platform.ask('integrations.v1.rpc.scm.operation', { operationId: answer.operationId });
    expect(shown.result).toMatchObject({ attempts: 1 });
  });

  it('is not asked for what a CI job token may not do', async () => {
    const request = { ...place, pullRequestNumber: MERGE_REQUEST, body: 'Hello.' };
    const reply = await platform.ask('integrations.v1.rpc.scm.comment', request, { tenant: 'ci' });
    expect(reply).toMatchObject({ success: false, errorCode: 'permission_missing', isTransient: false });
    expect(reply.errorMessage).toContain('CI job token');
    expect(gitlab.requests).toEqual([]);
  });
});
