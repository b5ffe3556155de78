import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import {
  edited,
  HEAD_SHA,
  PROJECT,
  PULL_REQUEST,
  REPOSITORY,
  startAcme,
  TOKEN,
} from '../../support/fake-azure-devops/connection';
import type { FakeAzureDevOps } from '../../support/fake-azure-devops/index';
import { DispatcherPlatform } from './platform';

const place = { owner: PROJECT, repository: REPOSITORY };
const finding = {
  ...{ ruleId: 'no-eval', severity: 'high', title: 'No eval', message: '<b>@all</b> #1', path: 'src/a.ts' },
  startLine: 2,
};

let platform: DispatcherPlatform;
let azure: FakeAzureDevOps;
let app: NestFastifyApplication;

beforeAll(async () => {
  azure = await startAcme({ changes: [edited('src/a.ts')] });
  platform = await DispatcherPlatform.start();
  const authRef = platform.storeSecret('acme', 'azure.token', TOKEN);
  await platform.integrate({ tenantId: 'acme', provider: 'azure_devops', endpoint: azure.url, authRef, config: {} });
  app = await platform.startApp();
});
beforeEach(() => azure.reset());
afterEach(() => expect(azure.violations).toEqual([]));
afterAll(async () => {
  await app?.close();
  await platform?.stop();
  await azure?.stop();
});

const pullRequest = () => azure.pullRequest(PROJECT, REPOSITORY, PULL_REQUEST);
const threads = () => pullRequest().threads;
const states = () => pullRequest().statuses.map(({ name, state }) => `${name} ${state}`);
const publish = (findings: readonly object[]) =>
  platform.ask('integrations.v1.rpc.scm.publish', {
    ...place,
    ...{ pullRequestNumber: PULL_REQUEST, headSha: HEAD_SHA, upsertKey: 'sast', source: { findings } },
    show: { comment: true, inline: true, checkRun: { name: 'scan' }, status: { context: 'scan' } },
  });

describe('Azure DevOps', () => {
  it('gets a comment, which can be named and changed', async () => {
    const ask = (more: object) =>
      platform.ask('integrations.v1.rpc.scm.comment', { ...place, pullRequestNumber: PULL_REQUEST, ...more });
    const reply = await ask({ body: 'Two findings.' });
    expect(reply).toMatchObject({ success: true, result: { outcome: 'created' } });
    expect(reply.result?.['url']).toBe(
      `${azure.url}/Web%20Shop/_git/shop/pullrequest/7?discussionId=${threads()[0]!.id}`,
    );
    const { commentId } = reply.result!;
    expect(await ask({ body: 'One.', commentId })).toMatchObject({ result: { outcome: 'updated', commentId } });
    expect(threads()).toMatchObject([{ comments: [{ content: expect.stringMatching(/^One\.\n/) }] }]);
  });

  it('gets a status, on the commit and on the pull request', async () => {
    const request = { ...place, commitSha: HEAD_SHA, state: 'failure', context: 'scan', description: '2 high' };
    for (const outcome of ['created', 'unchanged']) {
      const reply = await platform.ask('integrations.v1.rpc.scm.status', request);
      expect(reply).toMatchObject({ success: true, result: { outcome, state: 'failure' } });
    }
    expect(azure.statuses(PROJECT, REPOSITORY, HEAD_SHA)).toMatchObject([{ name: 'scan', state: 'failed' }]);
    expect(pullRequest().statuses).toMatchObject([{ name: 'scan', state: 'failed', iterationId: 1 }]);
  });

  it('gets a check run as statuses, remarks and a comment, which the next run brings up to date', async () => {
    const annotation = { path: 'src/a.ts', startLine: 3, endLine: 4, annotationLevel: 'failure', message: 'eval' };
    const run = { ...place, headSha: HEAD_SHA, name: 'scan', conclusion: 'failure', summary: 'One finding.' };
    const ask = (more: object) => platform.ask('integrations.v1.rpc.scm.check_run', { ...run, ...more });
    expect(await ask({ annotations: [annotation] })).toMatchObject({
      result: { outcome: 'created', annotationsPosted: 1 },
    });
    expect(await ask({ annotations: [annotation] })).toMatchObject({ result: { outcome: 'unchanged' } });
    expect(threads()).toMatchObject([
      { status: 'active', threadContext: { rightFileStart: { line: 3 }, rightFileEnd: { line: 4 } } },
      { status: 'closed', threadContext: null },
    ]);

    const fixed = await ask({ conclusion: 'success', summary: 'Nothing found.', annotations: [] });
    expect(fixed).toMatchObject({ result: { outcome: 'updated', conclusion: 'success' } });
    expect(states()).toEqual(['check: scan failed', 'check: scan succeeded']);
    expect(threads()).toMatchObject([
      { status: 'closed' },
      { comments: [{ content: expect.stringContaining('Nothing found.') }] },
    ]);
  });

  it('shows a published scan, each finding once, and nothing of it is Markdown', async () => {
    const first = await publish([finding, { ...finding, ruleId: 'no-var', path: 'src/other.ts' }]);
    expect(first).toMatchObject({
      success: true,
      result: {
        ...{ outcome: 'created', checkRun: { outcome: 'created' }, status: { outcome: 'created' } },
        ...{ comment: { outcome: 'created' }, inline: { outcome: 'created' } },
        items: [{ outcome: 'inline' }, { outcome: 'summary' }],
      },
    });
    const remarks = () => threads().filter(({ threadContext }) => threadContext);
    expect(remarks()).toMatchObject([{ status: 'active', threadContext: { rightFileStart: { line: 2 } } }]);
    for (const { comments } of threads()) expect(comments[0]!.content).not.toMatch(/<b>|@all/);
    expect(states()).toEqual(['check: scan failed', 'scan failed']);

    expect((await publish([])).result).toMatchObject({ conclusion: 'success', changes: { fixed: 2 } });
    expect(remarks()).toMatchObject([{ status: 'closed' }]);
    expect(states().slice(2)).toEqual(['check: scan succeeded', 'scan succeeded']);
  });

  it('gets a comment once although the reply to its creation was lost', async () => {
    azure.inject({ when: ({ method }) => method === 'POST', processed: true, reply: 'reset' });
    const request = { ...place, pullRequestNumber: PULL_REQUEST, body: 'Once.', updateExisting: false };
    const reply = await platform.ask('integrations.v1.rpc.scm.comment', request);
    expect(reply).toMatchObject({ success: true, result: { outcome: 'unchanged' } });
    expect(threads()).toHaveLength(1);
  });

  it('is obeyed on how long to wait', async () => {
    const reply = { status: 429, headers: { 'retry-after': '1' }, body: '{"message":"TF400733"}' };
    azure.inject({ when: ({ path }) => path.endsWith('/statuses'), processed: false, reply });
    const request = { ...place, commitSha: HEAD_SHA, state: 'success', context: 'later' };
    const answer = await platform.ask('integrations.v1.rpc.scm.status', request);
    expect(answer.success).toBe(true);
    const shown = await platform.ask('integrations.v1.rpc.scm.operation', { operationId: answer.operationId });
    expect(shown.result).toMatchObject({ attempts: 1 });
  });
});
