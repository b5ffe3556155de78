import {
  ACCESS_TOKEN,
  added,
  CONSUMER,
  HEAD_SHA,
  OWNER,
  PULL_REQUEST,
  REPOSITORY,
  startAcme,
} from '../../support/fake-bitbucket-cloud/connection';
import type { FakeBitbucketCloud } from '../../support/fake-bitbucket-cloud/index';
import { ALL_CREATED, connectVendor, FINDING } from './connected-vendor';

const finding = { ...FINDING, message: '<b>@all</b>' };

let bitbucket: FakeBitbucketCloud;
const { comment, status, publish, operation } = connectVendor({
  provider: 'bitbucket_cloud',
  target: { owner: OWNER, repository: REPOSITORY, pullRequestNumber: PULL_REQUEST, headSha: HEAD_SHA },
  connections: {
    acme: { secret: ACCESS_TOKEN },
    consumer: { secret: CONSUMER, config: { authentication: 'oauth_consumer' } },
    late: { secret: 'scan-bot:ATBBxxxxxxxxxxxxxxxx', config: { authentication: 'api_token' } },
  },
  start: async () => (bitbucket = await startAcme({ files: [added('src/a.ts', 20)] })),
});

const comments = () => bitbucket.pullRequest(OWNER, REPOSITORY, PULL_REQUEST).comments;
const builds = () => bitbucket.statuses(OWNER, REPOSITORY, HEAD_SHA);
const report = () => bitbucket.reports(OWNER, REPOSITORY, HEAD_SHA)[0];

describe('Bitbucket Cloud', () => {
  it.each(['acme', 'consumer'])(
    'gets a comment, which the next one replaces, with the credential of tenant %s',
    async (tenant) => {
      expect(await comment({ body: 'Two findings.' }, { tenant })).toMatchObject({
        success: true,
        result: { outcome: 'created' },
      });
      const reply = await comment({ body: 'None.' }, { tenant });

      expect(reply).toMatchObject({ success: true, result: { outcome: 'updated' } });
      expect(reply.result?.['url']).toBe(
        `${bitbucket.url}/acme/shop/pull-requests/7/_/diff#comment-${String(reply.result?.['commentId'])}`,
      );
      expect(comments()).toHaveLength(1);
    },
  );

  it('shows a published scan in all its parts, and updates each with the next scan', async () => {
    const first = await publish([finding, { ...finding, ruleId: 'no-var', path: 'src/other.ts' }]);
    expect(first).toMatchObject({
      success: true,
      result: {
        ...ALL_CREATED,
        items: [{ outcome: 'inline' }, { outcome: 'annotation' }],
      },
    });
    expect(comments().filter(({ inline }) => inline)).toMatchObject([{ inline: { path: 'src/a.ts', to: 2 } }]);
    for (const { raw } of comments()) expect(raw).not.toMatch(/<b>|<details>|<!--|@all/);
    expect(builds().map(({ name, state }) => [name, state])).toEqual([
      ['check: scan', 'FAILED'],
      ['scan', 'FAILED'],
    ]);
    expect(report()).toMatchObject({ fields: { result: 'FAILED' }, annotations: { size: 2 } });

    expect((await publish([])).result).toMatchObject({ conclusion: 'success', changes: { fixed: 2 } });
    expect(comments().filter(({ inline }) => inline)).toMatchObject([{ resolvedBy: { type: 'app_user' } }]);
    expect(builds().map(({ state }) => state)).toEqual(['SUCCESSFUL', 'SUCCESSFUL']);
    expect(report()).toMatchObject({ fields: { result: 'PASSED' }, annotations: { size: 0 } });
  });

  it('gets a comment only once although the response to its creation was lost', async () => {
    bitbucket.inject({ when: ({ method }) => method === 'POST', processed: true, reply: 'reset' });

    expect(await comment({ body: 'Once.' })).toMatchObject({ success: true, result: { outcome: 'unchanged' } });
    expect(comments()).toHaveLength(1);
  });

  it('makes us wait as long as it asks, even with an HTML page', async () => {
    const reply = { status: 429, headers: { 'retry-after': '1' }, body: '<h1>Rate limit has been exceeded</h1>' };
    bitbucket.inject({ when: ({ path }) => path.includes('/statuses/'), processed: false, reply });
    const answer = await status({ state: 'success', context: 'later' });

    expect(answer.success).toBe(true);
    const shown = await operation({ operationId: answer.operationId });
    expect(shown.result).toMatchObject({ attempts: 1 });
  });

  it('is never sent an app password', async () => {
    const reply = await comment({ body: 'Hello.' }, { tenant: 'late' });

    expect(reply).toMatchObject({ success: false, errorCode: 'unauthenticated', isTransient: false });
    expect(reply.errorMessage).toContain('app password');
    expect(bitbucket.requests).toEqual([]);
  });
});
