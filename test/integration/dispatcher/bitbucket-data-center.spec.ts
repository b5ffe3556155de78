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
import { ALL_CREATED, ANNOTATION, connectVendor, FINDING } from './connected-vendor';

const finding = { ...FINDING, message: '<b>@all</b>' };

let bitbucket: FakeBitbucketDataCenter;
const { comment, status, checkRun, publish } = connectVendor({
  provider: 'bitbucket_data_center',
  target: { owner: OWNER, repository: REPOSITORY, pullRequestNumber: PULL_REQUEST, headSha: HEAD_SHA },
  connections: { acme: { secret: TOKEN } },
  start: async () => (bitbucket = await startAcme({ basePath: '/bitbucket', files: [added('src/a.ts', 20)] })),
});

const comments = () => bitbucket.pullRequest(OWNER, REPOSITORY, PULL_REQUEST).comments;
const builds = () => bitbucket.builds(OWNER, REPOSITORY, HEAD_SHA);
const report = () => bitbucket.reports(OWNER, REPOSITORY, HEAD_SHA)[0];

describe('Bitbucket Data Center', () => {
  it('gets a comment, in a personal repository too', async () => {
    for (const [owner, repository, path] of [
      [OWNER, REPOSITORY, 'projects/ACME/repos/shop'],
      [PERSONAL, 'tools', 'users/alice/repos/tools'],
    ] as const) {
      const reply = await comment({ owner, repository, body: 'Two findings.' });
      expect(reply).toMatchObject({ success: true, result: { outcome: 'created' } });
      expect(reply.result?.['url']).toBe(
        `${bitbucket.url}/${path}/pull-requests/7/overview?commentId=${String(reply.result?.['commentId'])}`,
      );
    }
  });

  it('gets a status, and a check run as a report, which the next run updates', async () => {
    const failure = { state: 'failure', context: 'scan', description: '2 high' };
    expect(await status(failure)).toMatchObject({ success: true });
    expect(await checkRun({ annotations: [ANNOTATION] })).toMatchObject({
      result: { outcome: 'created', annotationsPosted: 1 },
    });
    expect(await checkRun({ annotations: [ANNOTATION] })).toMatchObject({ result: { outcome: 'unchanged' } });
    expect(report()).toMatchObject({ body: { result: 'FAIL' }, annotations: [{ line: 3, severity: 'HIGH' }] });

    const fixed = await checkRun({ conclusion: 'success', summary: 'Nothing found.', annotations: [] });
    expect(fixed).toMatchObject({ result: { outcome: 'updated', conclusion: 'success' } });
    expect(report()).toMatchObject({ body: { result: 'PASS', details: 'Nothing found.' }, annotations: [] });
    expect(builds().map(({ key, state }) => [key, state])).toEqual([
      ['scan', 'FAILED'],
      ['check: scan', 'SUCCESSFUL'],
    ]);
  });

  it('shows a published scan without HTML, and resolves what the next scan no longer finds', async () => {
    const first = await publish([finding, { ...finding, ruleId: 'no-var', path: 'src/other.ts' }]);
    expect(first).toMatchObject({
      success: true,
      result: {
        ...ALL_CREATED,
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

  it('gets a comment only once although the response to its creation was lost', async () => {
    bitbucket.inject({
      when: ({ method, path }) => method === 'POST' && path.endsWith('/comments'),
      ...{ processed: true, reply: 'reset' },
    });
    const reply = await comment({ body: 'Once.', updateExisting: false });
    expect(reply).toMatchObject({ success: true, result: { outcome: 'unchanged' } });
    expect(comments()).toHaveLength(1);
  });
});
