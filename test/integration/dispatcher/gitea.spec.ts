import {
  added,
  HEAD_SHA,
  OWNER,
  PULL_REQUEST,
  REPOSITORY,
  startAcme,
  TOKEN,
} from '../../support/fake-gitea/connection';
import type { FakeGitea } from '../../support/fake-gitea/index';
import { ALL_CREATED, ANNOTATION, connectVendor, FINDING } from './connected-vendor';

const finding = { ...FINDING, message: '<b>@all</b>' };

let gitea: FakeGitea;
const { comment, status, checkRun, publish } = connectVendor({
  provider: 'gitea',
  target: { owner: OWNER, repository: REPOSITORY, pullRequestNumber: PULL_REQUEST, headSha: HEAD_SHA },
  connections: { acme: { secret: TOKEN } },
  start: async () => (gitea = await startAcme({ basePath: '/git', diff: added('src/a.ts', 20) })),
});

const pull = () => gitea.pull(OWNER, REPOSITORY, PULL_REQUEST);
const remarks = () => pull().reviews.flatMap(({ comments }) => comments);
const statuses = () => gitea.statuses(OWNER, REPOSITORY, HEAD_SHA).map(({ state, context }) => [context, state]);

describe('Gitea', () => {
  it('gets a comment and a commit status, each once', async () => {
    for (const outcome of ['created', 'unchanged']) {
      const commented = await comment({ body: 'Two findings.' });
      expect(commented).toMatchObject({ success: true, result: { outcome } });
      const set = await status({ state: 'failure', context: 'scan', description: '2 high' });
      expect(set).toMatchObject({ success: true, result: { outcome, state: 'failure' } });
    }
    expect(pull().comments).toHaveLength(1);
    expect(statuses()).toEqual([['scan', 'failure']]);
  });

  it('gets a check run as a status, remarks and a comment, which the next run updates', async () => {
    expect(await checkRun({ annotations: [ANNOTATION] })).toMatchObject({
      result: { outcome: 'created', annotationsPosted: 1 },
    });
    expect(await checkRun({ annotations: [ANNOTATION] })).toMatchObject({ result: { outcome: 'unchanged' } });
    expect(remarks()).toMatchObject([{ line: 4, body: expect.stringContaining('**Lines 3 to 4**'), resolver: null }]);

    const fixed = await checkRun({ conclusion: 'success', summary: 'Nothing found.', annotations: [] });
    expect(fixed).toMatchObject({ result: { outcome: 'updated', conclusion: 'success' } });
    expect(statuses()).toEqual([
      ['check: scan', 'failure'],
      ['check: scan', 'success'],
    ]);
    expect(remarks()).toMatchObject([{ resolver: { login: 'scanner' } }]);
    expect(pull().comments).toMatchObject([{ body: expect.stringContaining('Nothing found.') }]);
  });

  it('shows each finding of a published scan once, and marks what the next scan no longer finds', async () => {
    const first = await publish([finding, { ...finding, ruleId: 'no-var', path: 'src/other.ts' }]);
    expect(first).toMatchObject({
      success: true,
      result: {
        ...ALL_CREATED,
        items: [{ outcome: 'inline' }, { outcome: 'summary' }],
      },
    });
    expect(remarks()).toMatchObject([{ line: 2, path: 'src/a.ts' }]);
    for (const { body } of [...remarks(), ...pull().comments]) expect(body).not.toMatch(/<b>|@all/);
    expect(statuses().map(([context]) => context)).toEqual(['check: scan', 'scan']);

    expect((await publish([])).result).toMatchObject({ conclusion: 'success', changes: { fixed: 2 } });
    expect(remarks()).toMatchObject([{ body: expect.stringMatching(/^_No longer reported\._/) }]);
  });

  it('gets a comment only once although the response to its creation was lost', async () => {
    const when = ({ method, path }: { method: string; path: string }) =>
      method === 'POST' && path.endsWith('/comments');
    gitea.inject({ when, processed: true, reply: 'reset' });
    const reply = await comment({ body: 'Once.', updateExisting: false });

    expect(reply).toMatchObject({ success: true, result: { outcome: 'unchanged' } });
    expect(pull().comments).toHaveLength(1);
  });

  it('gets nothing about a head that was replaced by a push', async () => {
    pull().head = 'd'.repeat(40);
    const reply = await publish([finding]);

    expect(reply).toMatchObject({ success: false, errorCode: 'stale_head', isTransient: false });
    expect(remarks()).toEqual([]);
  });
});
