import { randomUUID } from 'node:crypto';
import type { EgressClient, InlineComment, InlineCommentsRequest } from '@integrations/provider-kit';
import {
  API_TOKEN,
  added,
  connect,
  HEAD_SHA,
  OWNER,
  PULL_REQUEST,
  REPOSITORY,
  startAcme,
} from '../../../../test/support/fake-bitbucket-cloud/connection';
import type { FakeBitbucketCloud } from '../../../../test/support/fake-bitbucket-cloud/index';
import { loopbackEgress } from '../../../../test/support/fake-vendor/connection';
import { BitbucketClient } from './client';
import { BitbucketCloudConfig } from './config';
import { postInlineComments } from './inline-comments';

const NEW_HEAD = 'd'.repeat(40);
const FILES = [
  added('src/shop.ts', 40),
  { path: 'gone.ts', isDeleted: true, patch: '@@ -1,3 +0,0 @@\n-one\n-two\n-three\n' },
  { path: 'new.ts', oldPath: 'old.ts', patch: '@@ -10,3 +10,3 @@\n same\n-was\n+is\n same\n' },
];

describe('postInlineComments', () => {
  let bitbucket: FakeBitbucketCloud;
  let egress: EgressClient;

  const post = (comments: readonly InlineComment[], options: Partial<InlineCommentsRequest> = {}) => {
    const config = Object.assign(new BitbucketCloudConfig(), { authentication: 'api_token' });
    const { integration, deps } = connect(bitbucket, egress, { config, secret: API_TOKEN });
    const place = { owner: OWNER, repository: REPOSITORY, pullRequestNumber: PULL_REQUEST, headSha: HEAD_SHA };
    const context = { operationId: randomUUID(), upsertKey: 'sast', signal: AbortSignal.timeout(60_000) };
    const request = { ...place, comments, outdated: 'resolve', ...options } as const;
    return postInlineComments(new BitbucketClient(integration, deps), request, context);
  };
  const pullRequest = () => bitbucket.pullRequest(OWNER, REPOSITORY, PULL_REQUEST);
  const stored = () => pullRequest().comments;
  const writes = () => bitbucket.requests.filter(({ method }) => method !== 'GET');

  beforeAll(async () => {
    egress = loopbackEgress();
    bitbucket = await startAcme({ files: FILES });
  });
  afterEach(() => {
    expect(bitbucket.violations).toEqual([]);
    bitbucket.reset();
  });
  afterAll(async () => {
    await egress.close();
    await bitbucket.stop();
  });

  it('places a remark at its line, else at its file, else nowhere, and reports why', async () => {
    pullRequest().hidden = [5];
    const elsewhere = { ...remark(1), path: 'other.ts', fingerprint: 'other' };
    const { comments } = await post([remark(3), remark(5), remark(90), elsewhere]);

    expect(comments).toMatchObject([
      {
        outcome: 'created',
        placed: 'inline',
        reason: null,
        url: expect.stringContaining(`#comment-${stored()[0]!.id}`),
      },
      { placed: 'file', reason: 'Bitbucket accepts no remark on the line' },
      { placed: 'file', reason: 'the diff does not show the line' },
      { outcome: 'unplaced', placed: null, reason: 'the pull request does not change the file' },
    ]);
    expect(stored()[2]).toMatchObject({
      inline: { path: 'src/shop.ts' },
      raw: expect.stringMatching(/^\*\*Line 90\*\*/),
    });
  });

  it('places lines on their side of the diff, and ranges from first to last line', async () => {
    await post([
      { ...remark(3), endLine: 6 },
      { ...remark(1), path: 'gone.ts', fingerprint: 'gone', endLine: 2 },
      { ...remark(11), path: 'new.ts', fingerprint: 'new' },
    ]);

    expect(stored().map(({ inline }) => inline)).toEqual([
      { path: 'src/shop.ts', start_to: 3, to: 6 },
      { path: 'gone.ts', start_from: 1, from: 2 },
      { path: 'new.ts', to: 11 },
    ]);
  });

  it('leaves remarks unchanged after a push, and places new ones in the current diff', async () => {
    await post([remark(3)]);
    bitbucket.push(OWNER, REPOSITORY, PULL_REQUEST, NEW_HEAD, [added('src/shop.ts', 50)]);
    const { comments } = await post([remark(3), remark(45)], { headSha: NEW_HEAD });

    expect(comments).toMatchObject([{ outcome: 'unchanged' }, { outcome: 'created', placed: 'inline' }]);
  });

  it('places nothing on a head that is not the newest, whose diff Bitbucket does not show', async () => {
    const posting = post([remark(3)], { headSha: NEW_HEAD });

    await expect(posting).rejects.toMatchObject({ code: 'stale_head', transient: false });
    expect(writes()).toEqual([]);
  });

  it('places remarks at their files if the diff is too large for Bitbucket', async () => {
    const when = ({ path }: { path: string }) => path.includes('/diff/');
    bitbucket.inject({ when, processed: false, reply: { status: 555, body: 'Timed out' } });

    expect(await post([remark(3)])).toMatchObject({
      comments: [{ placed: 'file', reason: 'the diff is too large to be read' }],
    });
  });

  it.each(['resolve', 'delete'] as const)(
    'does not %s a thread that somebody answered, even with a nested reply',
    async (outdated) => {
      await post([remark(3), remark(4)]);
      const [first] = stored();
      const reply = bitbucket.addReply(pullRequest(), first!, 'This is intended.');
      bitbucket.addReply(pullRequest(), reply, 'Yes.');
      reply.deleted = true;

      expect(await post([], { outdated })).toMatchObject({ outdated: 1 });
      expect(first).toMatchObject({ resolvedBy: null, deleted: false });
    },
  );

  it('reopens a thread that it resolved itself, but not one that a person resolved', async () => {
    await post([remark(3), remark(4)]);
    bitbucket.resolve(stored()[0]!);
    await post([]);
    const { comments } = await post([remark(3), remark(4)]);

    expect(comments).toMatchObject([{ outcome: 'unchanged' }, { outcome: 'updated' }]);
    expect(stored()).toMatchObject([{ resolvedBy: { display_name: 'Alice' } }, { resolvedBy: null }]);
  });

  it('counts a thread as settled if somebody else resolved it first', async () => {
    await post([remark(3)]);
    const reply = { status: 409, body: '{"type":"error","error":{"message":"already resolved"}}' };
    bitbucket.inject({ when: ({ path }) => path.endsWith('/resolve'), processed: false, reply });

    expect(await post([])).toMatchObject({ outdated: 0 });
  });

  it('reports a failure when Bitbucket could not place or settle a remark', async () => {
    const fail = (method: string, path: RegExp) => {
      const when = (request: { method: string; path: string }) => request.method === method && path.test(request.path);
      bitbucket.inject({ when, processed: false, reply: { status: 502 } });
    };
    const failure = { code: 'provider_unavailable', transient: true };
    fail('POST', /\/comments$/);
    await expect(post([remark(3)])).rejects.toMatchObject(failure);
    await post([remark(3)]);
    fail('POST', /\/resolve$/);
    await expect(post([])).rejects.toMatchObject(failure);
    fail('DELETE', /\/comments\/\d+$/);
    await expect(post([], { outdated: 'delete' })).rejects.toMatchObject(failure);

    expect(stored()).toMatchObject([{ resolvedBy: null, deleted: false }]);
    expect(await post([], { outdated: 'delete' })).toMatchObject({ outdated: 1 });
    expect(stored()).toMatchObject([{ deleted: true }]);
  });

  it('places at most 10 remarks at files, the same ones each time', async () => {
    const remarks = Array.from({ length: 12 }, (_, index) => remark(index + 50));
    const { comments } = await post(remarks);

    expect(comments.filter(({ placed }) => placed === 'file')).toHaveLength(10);
    expect(comments.slice(10)).toMatchObject([1, 2].map(() => ({ reason: 'there are 10 remarks at files already' })));
    expect(await post(remarks)).toMatchObject({
      comments: remarks.map((_, index) => ({ outcome: index < 10 ? 'unchanged' : 'unplaced' })),
    });
  });

  it('tries to resolve only once if it lacks the permission', async () => {
    await post([remark(3), remark(4)]);
    bitbucket.world.mayResolve = false;
    bitbucket.requests.length = 0;

    expect(await post([])).toMatchObject({ outdated: 0 });
    expect(writes()).toHaveLength(1);
  });
});

function remark(startLine: number): InlineComment {
  const body = `Look at line ${startLine}.`;
  return { fingerprint: `line-${startLine}`, path: 'src/shop.ts', startLine, endLine: startLine, body };
}
