import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import {
  added,
  HEAD_SHA,
  OWNER,
  PERSONAL,
  PULL_REQUEST,
  REPOSITORY,
  startAcme,
  TOKEN,
} from '../../support/fake-bitbucket-data-center/connection';
import type { FakeBitbucketDataCenter } from '../../support/fake-bitbucket-data-center/index';
import { DispatcherPlatform } from './platform';

const place = { owner: OWNER, repository: REPOSITORY };
const finding = {
  ...{ ruleId: 'no-eval', severity: 'high', title: 'No eval', message: '<b>@all</b>', path: 'src/a.ts' },
  startLine: 2,
};

let platform: DispatcherPlatform;
let bitbucket: FakeBitbucketDataCenter;
let app: NestFastifyApplication;

beforeAll(async () => {
  bitbucket = await startAcme({ basePath: '/bitbucket', files: [added('src/a.ts', 20)] });
  platform = await DispatcherPlatform.start();
  const authRef = platform.storeSecret('acme', 'bitbucket.token', TOKEN);
  const provider = 'bitbucket_data_center';
  await platform.integrate({ tenantId: 'acme', provider, endpoint: bitbucket.url, authRef, config: {} });
  app = await platform.startApp();
});
beforeEach(() => bitbucket.reset());
afterEach(() => expect(bitbucket.violations).toEqual([]));
afterAll(async () => {
  await app?.close();
  await platform?.stop();
  await bitbucket?.stop();
});

const comments = () => bitbucket.pullRequest(OWNER, REPOSITORY, PULL_REQUEST).comments;
const builds = () => bitbucket.builds(OWNER, REPOSITORY, HEAD_SHA);
const report = () => bitbucket.reports(OWNER, REPOSITORY, HEAD_SHA)[0];
const publish = (findings: readonly object[]) =>
  platform.ask('integrations.v1.rpc.scm.publish', {
    ...place,
    ...{ pullRequestNumber: PULL_REQUEST, headSha: HEAD_SHA, upsertKey: 'sast', source: { findings } },
    show: { comment: true, inline: true, checkRun: { name: 'scan' }, status: { context: 'scan' } },
  });

describe('Bitbucket Data Center', () => {
  it('gets a comment, in the repository of a person too', async () => {
    for (const [owner, repository, path] of [
      [OWNER, REPOSITORY, 'projects/ACME/repos/shop'],
      [PERSONAL, 'tools', 'users/alice/repos/tools'],
    ] as const) {
      const request = { owner, repository, pullRequestNumber: PULL_REQUEST, body: 'Two findings.' };
      const reply = await platform.ask('integrations.v1.rpc.scm.comment', request);
      expect(reply).toMatchObject({ success: true, result: { outcome: 'created' } });
      expect(reply.result?.['url']).toBe(
        `${bitbucket.url}/${path}/pull-requests/7/overview?commentId=${String(reply.result?.['commentId'])}`,
      );
    }
  });

  it('gets a status and a check run as a report, which the next run brings up to date', async () => {
    const status = { ...place, commitSha: HEAD_SHA, state: 'failure', context: 'scan', description: '2 high' };
    expect(await platform.ask('integrations.v1.rpc.scm.status', status)).toMatchObject({ success: true });
    const annotation = { path: 'src/a.ts', startLine: 3, endLine: 4, annotationLevel: 'failure', message: 'eval' };
    const run = { ...place, headSha: HEAD_SHA, name: 'scan', conclusion: 'failure', summary: 'One finding.' };
    const ask = (more: object) => platform.ask('integrations.v1.rpc.scm.check_run', { ...run, ...more });
    expect(await ask({ annotations: [annotation] })).toMatchObject({
      result: { outcome: 'created', annotationsPosted: 1 },
    });
    expect(await ask({ annotations: [annotation] })).toMatchObject({ result: { outcome: 'unchanged' } });
    expect(report()).toMatchObject({ body: { result: 'FAIL' }, annotations: [{ line: 3, severity: 'HIGH' }] });

    const fixed = await ask({ conclusion: 'success', summary: 'Nothing found.', annotations: [] });
    expect(fixed).toMatchObject({ result: { outcome: 'updated', conclusion: 'success' } });
    expect(report()).toMatchObject({ body: { result: 'PASS', details: 'Nothing found.' }, annotations: [] });
    expect(builds().map(({ key, state }) => [key, state])).toEqual([
      ['scan', 'FAILED'],
      ['check: scan', 'SUCCESSFUL'],
    ]);
  });

  it('shows a published scan without HTML, and what the next one does not find any more as resolved', async () => {
    const first = await publish([finding, { ...finding, ruleId: 'no-var', path: 'src/other.ts' }]);
    expect(first).toMatchObject({
      success: true,
      result: {
        ...{ outcome: 'created', checkRun: { outcome: 'created' }, status: { outcome: 'created' } },
        ...{ comment: { outcome: 'created' }, inline: { outcome: 'created' } },
        items: [{ outcome: 'inline' }, { outcome: 'annotation' }],
      },
    });
    expect(comments().filter(({ anchor }) => anchor)).toMatchObject([{ anchor: { line: 2, lineType: 'ADDED' } }]);
    for (const { text } of comments()) expect(text).not.toMatch(/<b>|<details>|<!--|@all/);
    expect(report()).toMatchObject({ body: { result: 'FAIL' }, annotations: [{ line: 2 }, { line: 2 }] });

    expect((await publish([])).result).toMatchObject({ conclusion: 'success', changes: { fixed: 2 } });
    expect(comments()).toHaveLength(2);
    expect(comments().filter(({ anchor }) => anchor)).toMatchObject([{ resolvedBy: { name: 'scanner bot' } }]);
    expect(report()).toMatchObject({ body: { result: 'PASS' }, annotations: [] });
  });

  it('gets a comment once although the reply to its creation was lost', async () => {
    bitbucket.inject({
      when: ({ method, path }) => method === 'POST' && path.endsWith('/comments'),
      ...{ processed: true, reply: 'reset' },
    });
    const request = { ...place, pullRequestNumber: PULL_REQUEST, body: 'Once.', updateExisting: false };
    const reply = await platform.ask('integrations.v1.rpc.scm.comment', request);
    expect(reply).toMatchObject({ success: true, result: { outcome: 'unchanged' } });
    expect(comments()).toHaveLength(1);
  });
});
