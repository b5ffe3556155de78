import type { EgressClient, InlineComment, InlineCommentsRequest } from '@integrations/provider-kit';
import {
  added,
  connect,
  HEAD_SHA,
  OWNER,
  PULL_REQUEST,
  REPOSITORY,
  startAcme,
} from '../../../../test/support/fake-bitbucket-data-center/connection';
import type {
  FakeBitbucketDataCenter,
  FakeBitbucketOptions,
} from '../../../../test/support/fake-bitbucket-data-center/index';
import { loopbackEgress } from '../../../../test/support/fake-vendor/connection';
import { bitbucketAnnotations } from './annotations';
import { BitbucketClient } from './client';
import { BitbucketDataCenterConfig } from './config';

const { signal } = new AbortController();
const FILES = [
  added('new.ts', 20),
  { path: 'now.ts', srcPath: 'before.ts', patch: '@@ -10,3 +10,4 @@\n same\n-old\n+new\n+more\n same\n' },
  { path: 'gone.ts', isDeleted: true as const, patch: '@@ -1,2 +0,0 @@\n-one\n-two\n' },
];

describe('Remarks on lines at Bitbucket Data Center', () => {
  let bitbucket: FakeBitbucketDataCenter;
  let egress: EgressClient;

  const start = async (options: Partial<FakeBitbucketOptions> = {}) => {
    bitbucket = await startAcme({ files: FILES, ...options });
  };
  const post = (comments: readonly InlineComment[], more: Partial<InlineCommentsRequest> = {}) => {
    const { integration, deps } = connect(bitbucket, egress, { config: new BitbucketDataCenterConfig() });
    const place = { owner: OWNER, repository: REPOSITORY, pullRequestNumber: PULL_REQUEST, headSha: HEAD_SHA };
    return bitbucketAnnotations(new BitbucketClient(integration, deps)).postInlineComments(
      { ...place, comments, outdated: 'resolve', ...more },
      { operationId: 'op', upsertKey: 'sast', signal },
    );
  };
  const remark = (path: string, startLine: number, endLine = startLine, body = 'Look here.'): InlineComment => ({
    ...{ fingerprint: `${path} ${startLine}`, path, startLine, endLine, body },
  });
  const comments = () => bitbucket.pullRequest(OWNER, REPOSITORY, PULL_REQUEST).comments;

  beforeAll(() => (egress = loopbackEgress()));
  afterEach(async () => {
    expect(bitbucket.violations).toEqual([]);
    await bitbucket.stop();
  });
  afterAll(() => egress.close());

  it('are placed at added, unchanged, renamed and removed lines, and over several lines', async () => {
    await start();
    const { comments: outcomes } = await post([
      ...[remark('new.ts', 3, 5), remark('now.ts', 10, 12), remark('now.ts', 13), remark('gone.ts', 1, 2)],
    ]);

    expect(outcomes.map(({ placed, reason }) => [placed, reason])).toEqual(Array(4).fill(['inline', null]));
    expect(comments().map(({ anchor }) => anchor)).toEqual([
      {
        ...{ path: 'new.ts', diffType: 'EFFECTIVE', line: 5, lineType: 'ADDED', fileType: 'TO' },
        multilineMarker: { startLine: 3, startLineType: 'ADDED' },
        multilineSpan: { dstSpanStart: 3, dstSpanEnd: 5 },
      },
      {
        ...{ path: 'now.ts', srcPath: 'before.ts', diffType: 'EFFECTIVE' },
        ...{ line: 12, lineType: 'ADDED', fileType: 'TO' },
        multilineMarker: { startLine: 10, startLineType: 'CONTEXT' },
        multilineSpan: { dstSpanStart: 10, dstSpanEnd: 12 },
      },
      {
        ...{ path: 'now.ts', srcPath: 'before.ts', diffType: 'EFFECTIVE' },
        ...{ line: 13, lineType: 'CONTEXT', fileType: 'TO' },
      },
      {
        ...{ path: 'gone.ts', diffType: 'EFFECTIVE', line: 2, lineType: 'REMOVED', fileType: 'FROM' },
        multilineMarker: { startLine: 1, startLineType: 'REMOVED' },
        multilineSpan: { srcSpanStart: 1, srcSpanEnd: 2 },
      },
    ]);
  });

  it('are placed at the file if the diff does not show the line or Bitbucket rejects it, and nowhere without the file', async () => {
    await start();
    bitbucket.pullRequest(OWNER, REPOSITORY, PULL_REQUEST).hidden = [7];
    const { comments: outcomes } = await post([remark('new.ts', 99), remark('new.ts', 7), remark('other.ts', 1)]);

    expect(outcomes.map(({ placed }) => placed)).toEqual(['file', 'file', null]);
    expect(comments().map(({ anchor }) => anchor)).toEqual(Array(2).fill({ path: 'new.ts', diffType: 'EFFECTIVE' }));
    expect(comments()[0]!.text).toMatch(/^\*\*Line 99\*\*/);
    expect(await post([remark('new.ts', 99), remark('new.ts', 7)])).toMatchObject({
      comments: [{ outcome: 'unchanged', placed: 'file' }, { outcome: 'unchanged' }],
    });
  });

  it('are not placed on another head', async () => {
    await start();

    await expect(post([remark('new.ts', 1)], { headSha: 'f'.repeat(40) })).rejects.toMatchObject({
      code: 'stale_head',
    });
    expect(comments()).toEqual([]);
  });

  it('are resolved when no longer reported, and reopened when reported again', async () => {
    await start();
    await post([remark('new.ts', 1)]);
    expect(await post([])).toEqual({ comments: [], outdated: 1 });
    expect(comments()[0]).toMatchObject({ resolvedBy: { name: 'scanner bot' } });
    expect((await post([])).outdated).toBe(0);
    expect((await post([remark('new.ts', 1)])).comments).toMatchObject([{ outcome: 'updated' }]);
    expect(comments()).toMatchObject([{ resolvedBy: null }]);
  });

  it('keep the state that a person gave them, and stay if somebody answered', async () => {
    await start();
    await post([remark('new.ts', 1), remark('new.ts', 2)]);
    const [resolved, answered] = comments();
    bitbucket.resolve(resolved!);
    bitbucket.addReply(answered!, 'It is meant so.');

    expect((await post([remark('new.ts', 1)])).comments).toMatchObject([{ outcome: 'unchanged' }]);
    expect((await post([], { outdated: 'delete' })).outdated).toBe(1);
    expect(comments()).toMatchObject([{ id: answered!.id, resolvedBy: null }]);
  });

  it('report a failure when Bitbucket could not place or settle them', async () => {
    await start();
    const fail = (method: string) => {
      const when = (request: { method: string; path: string }) =>
        request.method === method && request.path.includes('/comments');
      bitbucket.inject({ when, processed: false, reply: { status: 502 } });
    };
    const failure = { code: 'provider_unavailable', transient: true };
    fail('POST');
    await expect(post([remark('new.ts', 1)])).rejects.toMatchObject(failure);
    await post([remark('new.ts', 1)]);
    fail('PUT');
    await expect(post([])).rejects.toMatchObject(failure);
    fail('DELETE');
    await expect(post([], { outdated: 'delete' })).rejects.toMatchObject(failure);

    expect(comments()).toMatchObject([{ resolvedBy: null }]);
    expect((await post([], { outdated: 'delete' })).outdated).toBe(1);
    expect(comments()).toEqual([]);
  });

  it('are placed at files at most 10 times, the same ones each time', async () => {
    await start();
    const remarks = Array.from({ length: 12 }, (_, index) => remark('new.ts', index + 50));
    const { comments: outcomes } = await post(remarks);

    expect(outcomes.filter(({ placed }) => placed === 'file')).toHaveLength(10);
    expect(outcomes.slice(10)).toMatchObject([1, 2].map(() => ({ reason: 'there are 10 remarks at files already' })));
    expect(await post(remarks)).toMatchObject({
      comments: remarks.map((_, index) => ({ outcome: index < 10 ? 'unchanged' : 'unplaced' })),
    });
  });

  it('are not posted again if their lines are gone', async () => {
    await start();
    await post([remark('new.ts', 1)]);
    Object.assign(comments()[0]!, { anchor: null });

    expect((await post([remark('new.ts', 1)])).comments).toMatchObject([{ outcome: 'unchanged' }]);
    expect((await post([])).outdated).toBe(1);
  });

  it('are not resolved by versions without threads that resolve, and are placed at their last line without spans', async () => {
    await start({ version: '8.5.0' });
    await post([remark('new.ts', 1, 3)]);
    expect((await post([])).outdated).toBe(0);
    expect(comments()).toMatchObject([{ resolvedBy: null, anchor: { line: 3 } }]);
    expect(comments()[0]!.anchor).not.toHaveProperty('multilineMarker');
  });

  it.each([
    ['9.2.1', 1, 3, '```\nx'],
    ['9.3.0', 1, 3, '```suggestion\nx'],
    ['8.5.0', 2, 2, '```suggestion\nx'],
    ['9.4.0', 19, 30, '**Lines 19 to 30**\n\n```\nx'],
  ])(
    'are offered as suggestions in version %s, from line %i to %i, only if applying them does what is meant',
    async (version, from, to, text) => {
      await start({ version });
      const suggestion = remark('new.ts', from, to, '```suggestion\nx\n```');
      await post([suggestion]);
      expect(comments()[0]!.text.startsWith(text)).toBe(true);
      expect((await post([suggestion])).comments).toMatchObject([{ outcome: 'unchanged' }]);
    },
  );

  it('are placed at the file if the diff is too large to be read', async () => {
    await start();
    const when = ({ path }: { path: string }) => path.endsWith('.diff');
    bitbucket.inject({ when, processed: false, reply: { status: 413, body: '' } });
    const { comments: outcomes } = await post([remark('new.ts', 1), remark('other.ts', 1)]);

    expect(outcomes).toMatchObject([
      { placed: 'file', reason: 'the diff is too large to be read' },
      { outcome: 'unplaced', reason: 'Bitbucket accepts no remark on the file' },
    ]);
  });
});
