import type { NestFastifyApplication } from '@nestjs/platform-fastify';
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
import { DispatcherPlatform } from './platform';

const place = { owner: OWNER, repository: REPOSITORY };
const finding = {
  ...{ ruleId: 'no-eval', severity: 'high', title: 'No eval', message: '<b>@all</b>', path: 'src/a.ts' },
  startLine: 2,
};

let platform: DispatcherPlatform;
let gitea: FakeGitea;
let app: NestFastifyApplication;

beforeAll(async () => {
  gitea = await startAcme({ basePath: '/git', diff: added('src/a.ts', 20) });
  platform = await DispatcherPlatform.start();
  const authRef = platform.storeSecret('acme', 'gitea.token', TOKEN);
  await platform.integrate({ tenantId: 'acme', provider: 'gitea', endpoint: gitea.url, authRef, config: {} });
  app = await platform.startApp();
});
beforeEach(() => gitea.reset());
afterEach(() => expect(gitea.violations).toEqual([]));
afterAll(async () => {
  await app?.close();
  await platform?.stop();
  await gitea?.stop();
});

const pull = () => gitea.pull(OWNER, REPOSITORY, PULL_REQUEST);
const remarks = () => pull().reviews.flatMap(({ comments }) => comments);
const statuses = () => gitea.statuses(OWNER, REPOSITORY, HEAD_SHA).map(({ state, context }) => [context, state]);
const publish = (findings: readonly object[]) =>
  platform.ask('integrations.v1.rpc.scm.publish', {
    ...place,
    ...{ pullRequestNumber: PULL_REQUEST, headSha: HEAD_SHA, upsertKey: 'sast', source: { findings } },
    show: { comment: true, inline: true, checkRun: { name: 'scan' }, status: { context: 'scan' } },
  });

describe('Gitea', () => {
  it('gets a comment and a commit status, each once', async () => {
    for (const outcome of ['created', 'unchanged']) {
      const comment = { ...place, pullRequestNumber: PULL_REQUEST, body: 'Two findings.' };
      const commented = await platform.ask('integrations.v1.rpc.scm.comment', comment);
      expect(commented).toMatchObject({ success: true, result: { outcome } });
      const status = { ...place, commitSha: HEAD_SHA, state: 'failure', context: 'scan', description: '2 high' };
      const set = await platform.ask('integrations.v1.rpc.scm.status', status);
      expect(set).toMatchObject({ success: true, result: { outcome, state: 'failure' } });
    }
    expect(pull().comments).toHaveLength(1);
    expect(statuses()).toEqual([['scan', 'failure']]);
  });

  it('gets a check run as a status, remarks and a comment, which the next run brings up to date', async () => {
    const annotation = { path: 'src/a.ts', startLine: 3, endLine: 4, annotationLevel: 'failure', message: 'eval' };
    const run = { ...place, headSha: HEAD_SHA, name: 'scan', conclusion: 'failure', summary: 'One finding.' };
    const ask = (more: object) => platform.ask('integrations.v1.rpc.scm.check_run', { ...run, ...more });
    expect(await ask({ annotations: [annotation] })).toMatchObject({
      result: { outcome: 'created', annotationsPosted: 1 },
    });
    expect(await ask({ annotations: [annotation] })).toMatchObject({ result: { outcome: 'unchanged' } });
    expect(remarks()).toMatchObject([{ line: 4, body: expect.stringContaining('**Lines 3 to 4**'), resolver: null }]);

    const fixed = await ask({ conclusion: 'success', summary: 'Nothing found.', annotations: [] });
    expect(fixed).toMatchObject({ result: { outcome: 'updated', conclusion: 'success' } });
    expect(statuses()).toEqual([
      ['check: scan', 'failure'],
      ['check: scan', 'success'],
    ]);
    expect(remarks()).toMatchObject([{ resolver: { login: 'scanner' } }]);
    expect(pull().comments).toMatchObject([{ body: expect.stringContaining('Nothing found.') }]);
  });

  it('shows a published scan, each finding once, and what is fixed the next time', async () => {
    const first = await publish([finding, { ...finding, ruleId: 'no-var', path: 'src/other.ts' }]);
    expect(first).toMatchObject({
      success: true,
      result: {
        ...{ outcome: 'created', checkRun: { outcome: 'created' }, status: { outcome: 'created' } },
        ...{ comment: { outcome: 'created' }, inline: { outcome: 'created' } },
        items: [{ outcome: 'inline' }, { outcome: 'summary' }],
      },
    });
    expect(remarks()).toMatchObject([{ line: 2, path: 'src/a.ts' }]);
    for (const { body } of [...remarks(), ...pull().comments]) expect(body).not.toMatch(/<b>|@all/);
    expect(statuses().map(([context]) => context)).toEqual(['check: scan', 'scan']);

    expect((await publish([])).result).toMatchObject({ conclusion: 'success', changes: { fixed: 2 } });
    expect(remarks()).toMatchObject([{ body: expect.stringMatching(/^_No longer reported\._/) }]);
  });

  it('gets a comment once although the reply to its creation was lost', async () => {
    const when = ({ method, path }: { method: string; path: string }) =>
      method === 'POST' && path.endsWith('/comments');
    gitea.inject({ when, processed: true, reply: 'reset' });
    const request = { ...place, pullRequestNumber: PULL_REQUEST, body: 'Once.', updateExisting: false };
    const reply = await platform.ask('integrations.v1.rpc.scm.comment', request);

    expect(reply).toMatchObject({ success: true, result: { outcome: 'unchanged' } });
    expect(pull().comments).toHaveLength(1);
  });

  it('is left alone about a head that was pushed over', async () => {
    pull().head = 'd'.repeat(40);
    const reply = await publish([finding]);

    expect(reply).toMatchObject({ success: false, errorCode: 'stale_head', isTransient: false });
    expect(remarks()).toEqual([]);
  });
});
