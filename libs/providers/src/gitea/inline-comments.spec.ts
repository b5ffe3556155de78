import { randomUUID } from 'node:crypto';
import type { EgressClient, InlineComment, InlineCommentsRequest } from '@integrations/provider-kit';
import {
  added,
  connect,
  HEAD_SHA,
  OWNER,
  PULL_REQUEST,
  REPOSITORY,
  startAcme,
  TOKEN,
} from '../../../../test/support/fake-gitea/connection';
import type { FakeGitea } from '../../../../test/support/fake-gitea/index';
import type { FakeReview } from '../../../../test/support/fake-gitea/world';
import { loopbackEgress } from '../../../../test/support/fake-vendor/connection';
import { GiteaClient } from './client';
import { GiteaConfig } from './config';
import { postInlineComments } from './inline-comments';

const GONE = `diff --git a/gone.ts b/gone.ts
deleted file mode 100644
index 1111111..0000000
--- a/gone.ts
+++ /dev/null
@@ -1,2 +0,0 @@
-one
-two
`;

describe('postInlineComments', () => {
  let gitea: FakeGitea;
  let egress: EgressClient;

  const post = (
    comments: readonly InlineComment[],
    options: Partial<InlineCommentsRequest> = {},
    upsertKey = 'sast',
  ) => {
    const { integration, deps } = connect(gitea, egress, { config: new GiteaConfig() });
    const place = { owner: OWNER, repository: REPOSITORY, pullRequestNumber: PULL_REQUEST, headSha: HEAD_SHA };
    const context = { operationId: randomUUID(), upsertKey, signal: AbortSignal.timeout(60_000) };
    const request = { ...place, comments, outdated: 'resolve', ...options } as const;
    return postInlineComments(new GiteaClient(integration, deps), request, context);
  };
  const pull = () => gitea.pull(OWNER, REPOSITORY, PULL_REQUEST);
  const reviews = () => pull().reviews;
  const stored = () => reviews().flatMap(({ comments }) => comments);
  const writes = () =>
    gitea.requests.filter(({ method }) => method !== 'GET').map((one) => `${one.method} ${one.path}`);
  const settled = expect.stringMatching(/^_No longer reported\._\n\nLook/);

  beforeAll(async () => {
    egress = loopbackEgress();
    gitea = await startAcme({ diff: `${added('src/shop.ts', 40)}${GONE}` });
  });
  afterEach(() => {
    expect(gitea.violations).toEqual([]);
    gitea.reset();
  });
  afterAll(async () => {
    await egress.close();
    await gitea.stop();
  });

  it('places all remarks in one review, and reports those without a line', async () => {
    const elsewhere = { ...remark(1), path: 'other.ts', fingerprint: 'other' };
    const { comments } = await post([remark(3), remark(90), elsewhere, { ...remark(2), path: 'gone.ts' }]);

    const url = `${gitea.url}/${OWNER}/${REPOSITORY}/pulls/7#issuecomment-${stored()[0]!.id}`;
    expect(comments).toMatchObject([
      { outcome: 'created', placed: 'inline', reason: null, url },
      { outcome: 'unplaced', placed: null, reason: 'the diff does not show the line' },
      { outcome: 'unplaced', placed: null, reason: 'the pull request does not change the file' },
      { outcome: 'created', placed: 'inline' },
    ]);
    expect(reviews()).toMatchObject([{ state: 'COMMENT', commit: HEAD_SHA, comments: [{ line: 3 }, { line: -2 }] }]);
  });

  it('keeps a remark on a line of a deleted file', async () => {
    await post([{ ...remark(2), path: 'gone.ts' }]);

    expect(await post([{ ...remark(2), path: 'gone.ts' }])).toMatchObject({ comments: [{ outcome: 'unchanged' }] });
    expect(stored()).toHaveLength(1);
  });

  it.each([
    ['changes nothing', { status: 200, body: '' }, 'the pull request does not change the file'],
    ['is too large', { status: 413 }, 'the diff is too large to be read'],
  ])('places nothing in a pull request that %s', async (_, reply, reason) => {
    gitea.inject({ when: ({ path }) => path.endsWith('.diff'), processed: false, reply });

    expect(await post([remark(3)])).toMatchObject({ comments: [{ outcome: 'unplaced', reason }] });
  });

  it('places a remark at the last of several lines, and names all of them', async () => {
    const { comments } = await post([{ ...remark(38), endLine: 45 }]);

    expect(comments).toMatchObject([{ placed: 'inline', reason: 'of its lines, the diff shows only 38 to 40' }]);
    expect(stored()).toMatchObject([{ line: 40, body: expect.stringMatching(/^\*\*Lines 38 to 45\*\*\n\nLook/) }]);
    expect(await post([{ ...remark(38), endLine: 45 }])).toMatchObject({ comments: [{ outcome: 'unchanged' }] });
  });

  it('offers a suggestion for a single line, and shows one for several lines as code', async () => {
    const body = 'Better:\n```suggestion\nconst shop = 1;\n```';
    await post([
      { ...remark(3), body },
      { ...remark(4), endLine: 6, body },
    ]);

    expect(stored()[0]!.body).toContain('\n```suggestion\n');
    expect(stored()[1]!.body).toContain('\n```\nconst shop = 1;\n```');
  });

  it('places nothing on another head than the scanned one', async () => {
    const posting = post([remark(3)], { headSha: '9'.repeat(40) });

    await expect(posting).rejects.toMatchObject({ code: 'stale_head', transient: false });
    expect(writes()).toEqual([]);
  });

  it('finds its remarks on later pages, past reviews that only their authors see', async () => {
    gitea.world.maxItems = 3;
    for (let i = 0; i < 8; i++) gitea.addReview(pull(), i % 2 ? 'PENDING' : 'COMMENT', []);
    await post([remark(3)]);

    expect(await post([remark(3)])).toMatchObject({ comments: [{ outcome: 'unchanged' }] });
    gitea.world.hidesTotals = true;
    expect(await post([remark(3)])).toMatchObject({ comments: [{ outcome: 'unchanged' }] });
  });

  it('updates a remark in place', async () => {
    await post([remark(3)]);
    const { comments } = await post([{ ...remark(3), body: 'Look here, it is worse.' }]);

    expect(comments).toMatchObject([{ outcome: 'updated' }]);
    expect(stored()).toMatchObject([{ line: 3, body: expect.stringContaining('worse') }]);
  });

  it('posts a remark again where its line has moved, and settles the old one', async () => {
    await post([remark(3), remark(4)]);
    const { comments, outdated } = await post([{ ...remark(3), startLine: 13, endLine: 13 }, remark(4)]);

    expect(comments).toMatchObject([{ outcome: 'created' }, { outcome: 'unchanged' }]);
    expect(outdated).toBe(1);
    expect(stored()).toMatchObject([{ line: 3, body: settled }, { line: 4 }, { line: 13 }]);
  });

  it('follows lines that moved up as well', async () => {
    await post([{ ...remark(3), startLine: 13, endLine: 13 }]);

    expect(await post([remark(3)])).toMatchObject({ comments: [{ outcome: 'created' }], outdated: 1 });
    expect(stored()).toMatchObject([{ line: 13, body: settled }, { line: 3 }]);
  });

  it('leaves an answered remark where it is', async () => {
    await post([remark(3)]);
    gitea.addReply(reviews()[0]!, stored()[0]!, 'This is intended.');
    const { comments } = await post([{ ...remark(3), startLine: 13, endLine: 13 }]);

    expect(comments).toMatchObject([{ outcome: 'unchanged' }]);
    expect(stored()).toHaveLength(2);
  });

  it.each([true, false])('marks a remark as no longer reported, and resolves it if Gitea can: %s', async (knows) => {
    gitea.world.knowsResolve = knows;
    await post([remark(3), remark(4)]);

    expect(await post([])).toMatchObject({ outdated: 2 });
    const resolver = knows ? { login: 'scanner' } : null;
    expect(stored()).toMatchObject([1, 2].map(() => ({ body: settled, resolver })));
    expect(await post([])).toMatchObject({ outdated: 0 });
    expect(writes().filter((one) => one.endsWith('/resolve'))).toHaveLength(knows ? 2 : 1);
    expect(await post([remark(3)])).toMatchObject({ comments: [{ outcome: 'updated' }] });
    expect(stored()[0]).toMatchObject({ body: expect.stringMatching(/^Look at line 3/), resolver: null });
  });

  it('marks a remark as no longer reported also if the account may not resolve it', async () => {
    await post([remark(3)]);
    gitea.world.mayResolve = false;

    expect(await post([])).toMatchObject({ outdated: 1 });
    expect(stored()).toMatchObject([{ body: settled, resolver: null }]);
  });

  it('marks a remark only after it is resolved, however often Gitea fails', async () => {
    const fail = (ending: string) => {
      const when = ({ method, path }: { method: string; path: string }) => method !== 'GET' && path.includes(ending);
      gitea.inject({ when, processed: false, reply: { status: 502 } });
    };
    await post([remark(3)]);
    fail('/resolve');
    await expect(post([])).rejects.toMatchObject({ code: 'provider_unavailable', transient: true });
    expect(stored()).toMatchObject([{ body: expect.stringMatching(/^Look/), resolver: null }]);
    fail('/issues/comments/');
    await expect(post([])).rejects.toMatchObject({ code: 'provider_unavailable' });
    expect(stored()).toMatchObject([{ body: expect.stringMatching(/^Look/), resolver: { login: 'scanner' } }]);

    expect(await post([])).toMatchObject({ outdated: 1 });
    expect(stored()).toMatchObject([{ body: settled, resolver: { login: 'scanner' } }]);
  });

  it('reopens a remark that was resolved but not marked, when it is reported again', async () => {
    await post([remark(3)]);
    const when = ({ method }: { method: string }) => method === 'PATCH';
    gitea.inject({ when, processed: false, reply: { status: 502 } });
    await expect(post([])).rejects.toMatchObject({ code: 'provider_unavailable' });

    expect(await post([remark(3)])).toMatchObject({ comments: [{ outcome: 'updated' }] });
    expect(stored()).toMatchObject([{ body: expect.stringMatching(/^Look/), resolver: null }]);
  });

  it('leaves a remark closed that a person resolved', async () => {
    await post([remark(3), remark(4)]);
    for (const comment of stored()) gitea.resolve(comment);

    expect(await post([remark(3)])).toMatchObject({ comments: [{ outcome: 'unchanged' }], outdated: 0 });
    expect(stored()).toMatchObject([1, 2].map(() => ({ resolver: { login: 'alice' } })));
  });

  it('deletes a review together with its last remark, and settles the others until then', async () => {
    await post([remark(3), remark(4)]);
    expect(await post([remark(4)], { outdated: 'delete' })).toMatchObject({ outdated: 1 });
    expect(stored()).toMatchObject([{ body: settled }, { body: expect.stringMatching(/^Look/) }]);

    expect(await post([], { outdated: 'delete' })).toMatchObject({ outdated: 1 });
    expect(reviews()).toEqual([]);
  });

  it('counts a review as deleted that somebody else deleted', async () => {
    await post([remark(3)]);
    const when = ({ method }: { method: string }) => method === 'DELETE';
    gitea.inject({ when, processed: false, reply: { status: 404 } });

    expect(await post([], { outdated: 'delete' })).toMatchObject({ outdated: 1 });
  });

  it('does not take a comment at the same line of another file for an answer', async () => {
    await post([remark(2), { ...remark(2), path: 'gone.ts', fingerprint: 'gone' }]);
    gitea.addReply(reviews()[0]!, { ...stored()[0]!, line: -2 }, 'Hm.');
    gitea.addReply(reviews()[0]!, { ...stored()[1]!, line: 2 }, 'Hm.');

    expect(await post([])).toMatchObject({ outdated: 2 });
  });

  it.each(['resolve', 'delete'] as const)('does not %s a remark with answers, nor its review', async (outdated) => {
    await post([remark(3), remark(4)]);
    gitea.addReply(reviews()[0]!, stored()[0]!, 'This is intended.');

    expect(await post([], { outdated })).toMatchObject({ outdated: 1 });
    expect(stored()).toMatchObject([{ body: expect.stringMatching(/^Look/) }, { body: settled }, {}]);
  });

  it('ignores a copied marker, and the remarks of another key', async () => {
    await post([remark(3)]);
    const { body } = stored()[0]!;
    reviews().splice(0);
    gitea.addReview(pull(), 'COMMENT', [{ body, path: 'src/shop.ts', line: 3 }]);

    expect(await post([remark(3)])).toMatchObject({ comments: [{ outcome: 'created' }] });
    expect(await post([], {}, 'other')).toMatchObject({ outdated: 0 });
  });

  it('starts again after Gitea failed in the middle of a review', async () => {
    gitea.world.breaksAfter = 1;
    await expect(post([remark(3), remark(4)])).rejects.toMatchObject({ code: 'provider_unavailable', transient: true });
    expect(reviews()).toMatchObject([{ state: 'PENDING', comments: [{ line: 3 }] }]);
    gitea.world.breaksAfter = Infinity;

    await post([remark(3), remark(4)]);
    expect(reviews()).toMatchObject([{ state: 'COMMENT', comments: [{ line: 3 }, { line: 4 }] }]);
  });

  it('does not submit the pending review of a person with the same account', async () => {
    const { user } = gitea.token(TOKEN);
    gitea.addReview(pull(), 'PENDING', [{ body: 'Hm.', path: 'src/shop.ts', line: 1 }], user);

    await expect(post([remark(3)])).rejects.toMatchObject({ code: 'conflict', transient: false });
    expect(reviews()).toMatchObject([{ state: 'PENDING', comments: [{ body: 'Hm.' }] }]);
  });

  it('does not discard what a person with the same account added to an unfinished review', async () => {
    gitea.world.breaksAfter = 1;
    await expect(post([remark(3), remark(4)])).rejects.toMatchObject({ code: 'provider_unavailable' });
    gitea.world.breaksAfter = Infinity;
    const [{ comments, author }] = reviews() as [FakeReview];
    comments.push({ ...comments[0]!, id: gitea.world.nextId(), author, body: 'Hm.', line: 9 });

    await expect(post([remark(3), remark(4)])).rejects.toMatchObject({ code: 'conflict', transient: false });
    expect(reviews()).toMatchObject([{ state: 'PENDING', comments: [{ line: 3 }, { body: 'Hm.' }] }]);
  });

  it('posts the other remarks if Gitea rejects one', async () => {
    gitea.world.maxRemark = 500;
    const { comments } = await post([remark(3), { ...remark(4), body: 'x'.repeat(600) }, remark(5)]);

    expect(comments).toMatchObject([{ outcome: 'created' }, { outcome: 'unplaced' }, { outcome: 'created' }]);
  });

  it('does not take a web page for a diff', async () => {
    const reply = { status: 200, body: '<html>Sign in</html>' };
    gitea.inject({ when: ({ path }) => path.endsWith('.diff'), processed: false, reply });

    await expect(post([remark(3)])).rejects.toMatchObject({ code: 'provider_unavailable' });
  });
});

function remark(startLine: number): InlineComment {
  const body = `Look at line ${startLine}.`;
  return { fingerprint: `line-${startLine}`, path: 'src/shop.ts', startLine, endLine: startLine, body };
}
