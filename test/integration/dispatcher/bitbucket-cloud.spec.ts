import type { NestFastifyApplication } from '@nestjs/platform-fastify';
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
import { DispatcherPlatform } from './platform';

const place = { owner: OWNER, repository: REPOSITORY };
const finding = {
  ...{ ruleId: 'no-eval', severity: 'high', title: 'No eval', message: '<b>@all</b>', path: 'src/a.ts' },
  startLine: 2,
};

let platform: DispatcherPlatform;
let bitbucket: FakeBitbucketCloud;
let app: NestFastifyApplication;

beforeAll(async () => {
  bitbucket = await startAcme({ files: [added('src/a.ts', 20)] });
  platform = await DispatcherPlatform.start();
  for (const [tenantId, secret, config] of [
    ['acme', ACCESS_TOKEN, {}],
    ['consumer', CONSUMER, { authentication: 'oauth_consumer' }],
    ['late', 'scan-bot:ATBBxxxxxxxxxxxxxxxx', { authentication: 'api_token' }],
  ] as const) {
    const authRef = platform.storeSecret(tenantId, 'bitbucket.secret', secret);
    await platform.integrate({ tenantId, provider: 'bitbucket_cloud', endpoint: bitbucket.url, authRef, config });
  }
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
const builds = () => bitbucket.statuses(OWNER, REPOSITORY, HEAD_SHA);
const report = () => bitbucket.reports(OWNER, REPOSITORY, HEAD_SHA)[0];
const comment = (body: string, tenant = 'acme') =>
  platform.ask('integrations.v1.rpc.scm.comment', { ...place, pullRequestNumber: PULL_REQUEST, body }, { tenant });
const publish = (findings: readonly object[]) =>
  platform.ask('integrations.v1.rpc.scm.publish', {
    ...place,
    ...{ pullRequestNumber: PULL_REQUEST, headSha: HEAD_SHA, upsertKey: 'sast', source: { findings } },
    show: { comment: true, inline: true, checkRun: { name: 'scan' }, status: { context: 'scan' } },
  });

describe('Bitbucket Cloud', () => {
  it.each(['acme', 'consumer'])('gets a comment, and the next one in its place, from the tenant %s', async (tenant) => {
    expect(await comment('Two findings.', tenant)).toMatchObject({ success: true, result: { outcome: 'created' } });
    const reply = await comment('None.', tenant);

    expect(reply).toMatchObject({ success: true, result: { outcome: 'updated' } });
    expect(reply.result?.['url']).toBe(
      `${bitbucket.url}/acme/shop/pull-requests/7/_/diff#comment-${String(reply.result?.['commentId'])}`,
    );
    expect(comments()).toHaveLength(1);
  });

  it('shows a published scan in all its places, and brings each up to date with the next', async () => {
    const first = await publish([finding, { ...finding, ruleId: 'no-var', path: 'src/other.ts' }]);
    expect(first).toMatchObject({
      success: true,
      result: {
        ...{ outcome: 'created', checkRun: { outcome: 'created' }, status: { outcome: 'created' } },
        ...{ comment: { outcome: 'created' }, inline: { outcome: 'created' } },
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

  it('gets a comment once although the reply to its creation was lost', async () => {
    bitbucket.inject({ when: ({ method }) => method === 'POST', processed: true, reply: 'reset' });

    expect(await comment('Once.')).toMatchObject({ success: true, result: { outcome: 'unchanged' } });
    expect(comments()).toHaveLength(1);
  });

  it('is obeyed on how long to wait, on a page of HTML', async () => {
    const reply = { status: 429, headers: { 'retry-after': '1' }, body: '<h1>Rate limit has been exceeded</h1>' };
    bitbucket.inject({ when: ({ path }) => path.includes('/statuses/'), processed: false, reply });
    const request = { ...place, commitSha: HEAD_SHA, state: 'success', context: 'later' };
    const answer = await platform.ask('integrations.v1.rpc.scm.status', request);

    expect(answer.success).toBe(true);
    const shown = await platform.ask('integrations.v1.rpc.scm.operation', { operationId: answer.operationId });
    expect(shown.result).toMatchObject({ attempts: 1 });
  });

  it('is not sent an app password', async () => {
    const reply = await comment('Hello.', 'late');

    expect(reply).toMatchObject({ success: false, errorCode: 'unauthenticated', isTransient: false });
    expect(reply.errorMessage).toContain('app password');
    expect(bitbucket.requests).toEqual([]);
  });
});
