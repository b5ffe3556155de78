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
import { ALL_CREATED, ANNOTATION, connectVendor, FINDING } from './connected-vendor';

const finding = { ...FINDING, message: '<b>@all</b> #1' };

let azure: FakeAzureDevOps;
const { comment, status, checkRun, publish, operation } = connectVendor({
  provider: 'azure_devops',
  target: { owner: PROJECT, repository: REPOSITORY, pullRequestNumber: PULL_REQUEST, headSha: HEAD_SHA },
  connections: { acme: { secret: TOKEN } },
  start: async () => (azure = await startAcme({ changes: [edited('src/a.ts')] })),
});

const pullRequest = () => azure.pullRequest(PROJECT, REPOSITORY, PULL_REQUEST);
const threads = () => pullRequest().threads;
const states = () => pullRequest().statuses.map(({ name, state }) => `${name} ${state}`);

describe('Azure DevOps', () => {
  it('gets a comment, which can be updated by its id', async () => {
    const reply = await comment({ body: 'Two findings.' });
    expect(reply).toMatchObject({ success: true, result: { outcome: 'created' } });
    expect(reply.result?.['url']).toBe(
      `${azure.url}/Web%20Shop/_git/shop/pullrequest/7?discussionId=${threads()[0]!.id}`,
    );
    const { commentId } = reply.result!;
    expect(await comment({ body: 'One.', commentId })).toMatchObject({ result: { outcome: 'updated', commentId } });
    expect(threads()).toMatchObject([{ comments: [{ content: expect.stringMatching(/^One\.\n/) }] }]);
  });

  it('gets a status on the commit and on the pull request', async () => {
    const failure = { state: 'failure', context: 'scan', description: '2 high' };
    for (const outcome of ['created', 'unchanged']) {
      const reply = await status(failure);
      expect(reply).toMatchObject({ success: true, result: { outcome, state: 'failure' } });
    }
    expect(azure.statuses(PROJECT, REPOSITORY, HEAD_SHA)).toMatchObject([{ name: 'scan', state: 'failed' }]);
    expect(pullRequest().statuses).toMatchObject([{ name: 'scan', state: 'failed', iterationId: 1 }]);
  });

  it('gets a check run as statuses, remarks and a comment, which the next run updates', async () => {
    expect(await checkRun({ annotations: [ANNOTATION] })).toMatchObject({
      result: { outcome: 'created', annotationsPosted: 1 },
    });
    expect(await checkRun({ annotations: [ANNOTATION] })).toMatchObject({ result: { outcome: 'unchanged' } });
    expect(threads()).toMatchObject([
      { status: 'active', threadContext: { rightFileStart: { line: 3 }, rightFileEnd: { line: 4 } } },
      { status: 'closed', threadContext: null },
    ]);

    const fixed = await checkRun({ conclusion: 'success', summary: 'Nothing found.', annotations: [] });
    expect(fixed).toMatchObject({ result: { outcome: 'updated', conclusion: 'success' } });
    expect(states()).toEqual(['check: scan failed', 'check: scan succeeded']);
    expect(threads()).toMatchObject([
      { status: 'closed' },
      { comments: [{ content: expect.stringContaining('Nothing found.') }] },
    ]);
  });

  it('shows each finding of a published scan once, and none of its text as Markdown', async () => {
    const first = await publish([finding, { ...finding, ruleId: 'no-var', path: 'src/other.ts' }]);
    expect(first).toMatchObject({
      success: true,
      result: {
        ...ALL_CREATED,
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

  it('gets a comment only once although the response to its creation was lost', async () => {
    azure.inject({ when: ({ method }) => method === 'POST', processed: true, reply: 'reset' });
    const reply = await comment({ body: 'Once.', updateExisting: false });
    expect(reply).toMatchObject({ success: true, result: { outcome: 'unchanged' } });
    expect(threads()).toHaveLength(1);
  });

  it('makes us wait as long as it asks', async () => {
    const reply = { status: 429, headers: { 'retry-after': '1' }, body: '{"message":"TF400733"}' };
    azure.inject({ when: ({ path }) => path.endsWith('/statuses'), processed: false, reply });
    const answer = await status({ state: 'success', context: 'later' });
    expect(answer.success).toBe(true);
    const shown = await operation({ operationId: answer.operationId });
    expect(shown.result).toMatchObject({ attempts: 1 });
  });
});
