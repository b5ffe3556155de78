import { randomUUID } from 'node:crypto';
import type { EgressClient, InlineComment, InlineCommentsRequest } from '@integrations/provider-kit';
import type { FakeGitHub } from '../../../../test/support/fake-github/index';
import {
  APP_ID,
  connect,
  HEAD_SHA,
  INSTALLATION_ID,
  OWNER,
  PULL_REQUEST,
  REPOSITORY,
  startAcme,
} from '../../../../test/support/fake-github/connection';
import { loopbackEgress } from '../../../../test/support/fake-vendor/connection';
import type { LoggedRequest } from '../../../../test/support/fake-vendor/faults';
import { GitHubClient } from '../vendors/github/client';
import { postInlineComments } from './inline-comments';

const added = (from: number, count: number) =>
  `@@ -${from},0 +${from},${count} @@\n${'+line\n'.repeat(count).trimEnd()}`;
const FILES = [{ filename: 'src/shop.ts', patch: `${added(10, 50)}\n${added(100, 10)}` }, { filename: 'logo.png' }];
const BOT = 'fake-app[bot]';

describe('postInlineComments', () => {
  let github: FakeGitHub;
  let egress: EgressClient;
  let client: GitHubClient;

  const post = (
    comments: readonly InlineComment[],
    options: Partial<InlineCommentsRequest> = {},
    upsertKey = 'sast',
  ) => {
    const place = { owner: OWNER, repository: REPOSITORY, pullRequestNumber: PULL_REQUEST, headSha: HEAD_SHA };
    const context = { operationId: randomUUID(), upsertKey, signal: AbortSignal.timeout(60_000) };
    return postInlineComments(client, { ...place, comments, outdated: 'resolve', ...options }, context);
  };
  const pull = () => github.pull(OWNER, REPOSITORY, PULL_REQUEST);
  const installation = () => github.world.installations.get(INSTALLATION_ID)!;
  const stored = () => pull().reviewComments;
  const requests = (method: string, path: RegExp) =>
    github.requests.filter((request) => request.method === method && path.test(request.path));
  const reviews = () => requests('POST', /\/reviews$/);
  const writes = () =>
    github.requests.filter(({ method, path }) => method !== 'GET' && !path.includes('access_tokens'));

  beforeAll(async () => {
    egress = loopbackEgress();
    github = await startAcme();
  });
  beforeEach(() => {
    const { integration, deps } = connect(github, egress, { config: { appId: String(APP_ID) } });
    client = new GitHubClient(integration, deps);
    pull().files = FILES;
  });
  afterEach(() => {
    github.reset();
    expect(github.violations).toEqual([]);
  });
  afterAll(async () => {
    await egress.close();
    await github.stop();
  });

  it('places remarks at their lines, in one review, each with a hidden marker', async () => {
    const response = await post([remark(12), remark(20, { endLine: 22 })]);

    expect(response).toEqual({
      comments: stored().map(({ id }, index) => ({
        fingerprint: ['line-12', 'line-20'][index],
        outcome: 'created',
        placed: 'inline',
        url: expect.stringMatching(new RegExp(`#discussion_r${id}$`)),
        reason: null,
      })),
      outdated: 0,
    });
    expect(reviews()).toHaveLength(1);
    expect(stored()).toMatchObject([
      { path: 'src/shop.ts', line: 12, startLine: null, side: 'RIGHT', commitId: HEAD_SHA },
      { path: 'src/shop.ts', line: 22, startLine: 20, side: 'RIGHT', author: { login: BOT } },
    ]);
    expect(stored()[0]!.body).toMatch(/^Look at line 12\.\n\n<!-- integrations:[0-9a-f]{64} -->$/);
  });

  it('puts at most 30 remarks into a review', async () => {
    const { comments } = await post(range(10, 40).map((line) => remark(line)));

    expect(reviews().map(({ body }) => (body as { comments: [] }).comments.length)).toEqual([30, 10]);
    expect(comments.every(({ placed, url }) => placed === 'inline' && url !== null)).toBe(true);
  });

  it('reads the diff only if a remark must be placed', async () => {
    await post([remark(12)]);
    github.requests.length = 0;
    await post([remark(12)]);

    expect(requests('GET', /\/files$/)).toEqual([]);
    expect(writes()).toEqual([]);
  });

  it('writes nothing for unchanged remarks, and updates changed ones', async () => {
    await post([remark(12), remark(20)]);
    stored()[0]!.body = stored()[0]!.body.replaceAll('\n', '\r\n');
    github.requests.length = 0;
    const changed = { ...remark(20), body: 'Worse now.' };
    const { comments } = await post([remark(12), changed]);

    expect(comments).toMatchObject([
      { outcome: 'unchanged', placed: 'inline' },
      { outcome: 'updated', placed: 'inline', url: expect.stringContaining(`discussion_r${stored()[1]!.id}`) },
    ]);
    expect(writes()).toHaveLength(1);
    expect(stored()[1]!.body).toMatch(/^Worse now\./);
    expect(stored()).toHaveLength(2);
  });

  it('leaves a remark in place when its line has moved', async () => {
    await post([remark(12)]);
    const { comments } = await post([{ ...remark(12), startLine: 30, endLine: 30 }]);

    expect(comments).toMatchObject([{ outcome: 'unchanged' }]);
    expect(stored()).toMatchObject([{ line: 12 }]);
  });

  it('finds its remarks on later pages', async () => {
    await post([remark(12)]);
    const [own] = stored();
    for (let i = 0; i < 150; i++) github.addReply(pull(), own!, `chatter ${i}`);
    pull().reviewComments.push(pull().reviewComments.shift()!);

    expect(await post([remark(12)])).toMatchObject({ comments: [{ outcome: 'unchanged' }] });
    expect(stored()).toHaveLength(151);
  });

  it('ignores a copied marker', async () => {
    await post([remark(12)]);
    const stolen = { ...stored()[0]!, author: { login: 'octocat', type: 'User', viaApp: false } } as const;
    pull().reviewComments.splice(0);
    github.world.addReviewComment(pull(), stolen);

    expect(await post([remark(12)])).toMatchObject({ comments: [{ outcome: 'created' }], outdated: 0 });
    expect(stored()).toHaveLength(2);
  });

  it('keeps remarks with the same fingerprint apart, and those of other upsert keys', async () => {
    const twins = [remark(12), { ...remark(13), fingerprint: 'line-12' }];
    await post(twins);
    await post([remark(12)], {}, 'licences');

    expect(await post(twins)).toMatchObject({
      comments: [{ outcome: 'unchanged' }, { outcome: 'unchanged' }],
      outdated: 0,
    });
    expect(stored()).toHaveLength(3);
  });

  it('passes suggestions on unchanged', async () => {
    const body = 'Better:\n```suggestion\nconst shop = 1;\n```';
    await post([{ ...remark(12), body }]);

    expect(stored()[0]!.body.startsWith(body)).toBe(true);
  });

  describe('if the diff does not show a line', () => {
    it('places the remark at the file, names the line, and keeps the remark there', async () => {
      const { comments } = await post([remark(70), { ...remark(1), path: 'logo.png' }]);
      const again = await post([remark(70), { ...remark(1), path: 'logo.png' }]);

      expect(comments).toMatchObject([
        { outcome: 'created', placed: 'file', reason: 'the diff does not show the line' },
        { outcome: 'created', placed: 'file' },
      ]);
      expect(stored()).toMatchObject([{ subjectType: 'file', path: 'src/shop.ts' }, { path: 'logo.png' }]);
      expect(stored()[0]!.body).toMatch(/^\*\*Line 70\*\*\n\nLook at line 70\./);
      expect(reviews()).toEqual([]);
      expect(again).toMatchObject({
        comments: [
          { outcome: 'unchanged', placed: 'file' },
          { outcome: 'unchanged', placed: 'file' },
        ],
      });
    });

    it('uses the visible part of a range, but not for a suggestion', async () => {
      const wide = remark(55, { endLine: 80 });
      const suggestion = { ...wide, fingerprint: 'fix', body: '```suggestion\nx\n```' };
      const { comments } = await post([wide, suggestion]);

      expect(comments).toMatchObject([
        { placed: 'inline', reason: 'of its lines, the diff shows only 55 to 59' },
        { placed: 'file', reason: 'the diff does not show all of its lines' },
      ]);
      expect(stored()[0]).toMatchObject({ startLine: 55, line: 59 });
    });

    it('places nothing in an unchanged file', async () => {
      const { comments } = await post([{ ...remark(12), path: 'other.ts' }]);

      expect(comments).toEqual([
        {
          fingerprint: 'line-12',
          outcome: 'unplaced',
          placed: null,
          url: null,
          reason: 'the pull request does not change the file',
        },
      ]);
      expect(writes()).toEqual([]);
    });

    it('leaves a remark unplaced if GitHub rejects the file, and retries after a failure', async () => {
      const when = ({ method, path }: { method: string; path: string }) =>
        method === 'POST' && path.endsWith('/comments');
      github.inject({ when, times: 1, processed: false, reply: { status: 502 } });
      await expect(post([remark(70)])).rejects.toMatchObject({ code: 'provider_unavailable', transient: true });
      const body = '{"message":"Validation Failed","errors":["path is invalid"]}';
      github.inject({ when, times: 1, processed: false, reply: { status: 422, body } });
      const { comments } = await post([remark(70)]);

      expect(comments).toMatchObject([{ outcome: 'unplaced', reason: 'GitHub accepts no comment on the file' }]);
    });

    it('places at most 10 remarks at files, the same ones each time', async () => {
      const many = range(1_000, 12).map((line) => remark(line));
      const first = await post(many);
      github.requests.length = 0;
      const second = await post(many);

      expect(first.comments.map(({ placed }) => placed)).toEqual([...Array(10).fill('file'), null, null]);
      expect(first.comments.at(-1)).toMatchObject({ outcome: 'unplaced', reason: expect.stringContaining('10') });
      expect(second.comments.map(({ outcome }) => outcome).slice(9)).toEqual(['unchanged', 'unplaced', 'unplaced']);
      expect(writes()).toEqual([]);
    });

    it('reads the diff to its last page', async () => {
      const noise = Array.from({ length: 120 }, (_, index) => ({ filename: `src/${index}.ts`, patch: added(1, 1) }));
      pull().files = [...noise, ...FILES];

      expect(await post([remark(12)])).toMatchObject({ comments: [{ placed: 'inline' }] });
    });

    it('reads a diff that GitHub cannot generate for a whole page in smaller ones', async () => {
      const noise = Array.from({ length: 30 }, (_, index) => ({ filename: `src/${index}.ts`, patch: added(1, 1) }));
      pull().files = [...noise, ...FILES];
      const when = ({ path, query }: LoggedRequest) => path.endsWith('/files') && query['per_page'] === '100';
      const body = '{"message":"Server Error: Sorry, this diff is taking too long to generate."}';
      github.inject({ when, processed: false, reply: { status: 422, body } });

      expect(await post([remark(12)])).toMatchObject({ comments: [{ placed: 'inline' }] });
    });

    it.each([
      [422, 'Sorry, this diff is taking too long to generate.'],
      [422, 'Sorry, there was a problem generating this diff. The repository may be missing relevant data.'],
      [
        500,
        'Server Error: Sorry, there was a problem generating this diff. The repository may be missing relevant data.',
      ],
      [503, 'Server Error: Sorry, this diff is taking too long to generate.'],
    ])('places the remark at the file if GitHub cannot generate the diff: %d %s', async (status, message) => {
      const when = ({ path }: { path: string }) => path.endsWith('/files');
      const body = JSON.stringify({ message });
      github.inject({ when, times: Infinity, processed: false, reply: { status, body } });

      expect(await post([remark(12)])).toMatchObject({ comments: [{ placed: 'file' }] });
    });
  });

  describe('when GitHub refuses a review', () => {
    it('isolates the refused comment, and posts all others once', async () => {
      pull().hidden = [17];
      const { comments } = await post(range(10, 30).map((line) => remark(line)));

      expect(stored().filter(({ subjectType }) => subjectType === 'line')).toHaveLength(29);
      expect(new Set(stored().map(({ body }) => body)).size).toBe(30);
      expect(comments[7]).toMatchObject({ placed: 'file', reason: 'GitHub accepts no comment on the line' });
      // Bisection takes at most twice the depth of the tree, far fewer requests than one per comment.
      expect(reviews().length).toBeLessThanOrEqual(11);
    });

    it('isolates several refused comments', async () => {
      pull().hidden = [10, 11, 39];
      const { comments } = await post(range(10, 30).map((line) => remark(line)));

      expect(comments.filter(({ placed }) => placed === 'file').map(({ fingerprint }) => fingerprint)).toEqual([
        'line-10',
        'line-11',
        'line-39',
      ]);
      expect(stored()).toHaveLength(30);
    });

    it('stops if the pull request has no such commit', async () => {
      await expect(post([remark(12), remark(13)], { headSha: 'b'.repeat(40) })).rejects.toMatchObject({
        code: 'stale_head',
        transient: false,
      });
      expect(reviews()).toHaveLength(1);
    });

    it('stops if a push took the commit away in the meantime', async () => {
      const field = 'pull_request_review_thread.end_commit_oid';
      const errors = [{ field, code: 'custom', message: `${field} is not part of the pull request` }];
      const body = JSON.stringify({ message: 'Validation Failed', errors });
      const when = ({ method, path }: LoggedRequest) => method === 'POST' && /\/(reviews|comments)$/.test(path);
      github.inject({ when, times: Infinity, processed: false, reply: { status: 422, body } });

      await expect(post([remark(12), remark(90)])).rejects.toMatchObject({ code: 'stale_head', transient: false });
      expect(writes()).toHaveLength(1);
    });

    it('reports a locked conversation', async () => {
      pull().locked = true;

      await expect(post([remark(12)])).rejects.toMatchObject({ code: 'locked' });
      expect(reviews()).toHaveLength(1);
    });

    it('stops if a review of the app is still pending, which makes GitHub refuse any other', async () => {
      const body =
        '{"message":"Unprocessable Entity","errors":["User can only have one pending review per pull request"]}';
      const when = ({ method, path }: LoggedRequest) => method === 'POST' && /\/(reviews|comments)$/.test(path);
      github.inject({ when, times: Infinity, processed: false, reply: { status: 422, body } });

      await expect(post([remark(12), remark(13)])).rejects.toMatchObject({ code: 'conflict', transient: false });
      expect(writes()).toHaveLength(1);
    });

    it('does not take a rate limit for a refusal', async () => {
      const body = '{"message":"Validation Failed","errors":["was submitted too quickly"]}';
      const when = ({ path }: { path: string }) => path.endsWith('/reviews');
      github.inject({ when, processed: false, reply: { status: 422, body } });

      await expect(post([remark(12), remark(13)])).rejects.toMatchObject({ code: 'rate_limited', transient: true });
      expect(reviews()).toHaveLength(1);
    });
  });

  describe('for a remark that is no longer reported', () => {
    const settled = /^_No longer reported\._\n\nLook at line 12\./;

    it('resolves the thread once, and marks it', async () => {
      await post([remark(12), remark(20)]);
      const response = await post([remark(20)]);
      github.requests.length = 0;
      const again = await post([remark(20)]);

      expect(response).toMatchObject({ comments: [{ outcome: 'unchanged' }], outdated: 1 });
      expect(stored()).toMatchObject([
        { isResolved: true, body: expect.stringMatching(settled) },
        { isResolved: false },
      ]);
      expect(again.outdated).toBe(0);
      expect(writes()).toEqual([]);
    });

    it('reopens the thread when it is reported again', async () => {
      await post([remark(12)]);
      await post([]);
      const { comments } = await post([remark(12)]);

      expect(comments).toMatchObject([{ outcome: 'updated', placed: 'inline' }]);
      expect(stored()).toMatchObject([{ isResolved: false, body: expect.stringMatching(/^Look at line 12\./) }]);
    });

    it('leaves a thread closed that a person resolved', async () => {
      await post([remark(12)]);
      stored()[0]!.isResolved = true;

      expect(await post([remark(12)])).toMatchObject({ comments: [{ outcome: 'unchanged' }] });
      expect(stored()).toMatchObject([{ isResolved: true }]);
    });

    it('finds its threads on a later page, and reads the pages once', async () => {
      const others = range(10, 50).map((line) => remark(line));
      await post(others, {}, 'noise');
      await post(others, {}, 'more');
      await post([remark(100), remark(101), remark(10)]);
      await post([remark(10)]);

      const resolutions = 2;
      expect(requests('POST', /graphql/)).toHaveLength(2 + resolutions);
      expect(stored().filter(({ isResolved }) => isResolved)).toMatchObject([{ line: 100 }, { line: 101 }]);
    });

    it('only marks the remark if the app may not resolve', async () => {
      await post([remark(12), remark(13), remark(14)]);
      // The token for threads is minted here.
      await post([remark(12), remark(13)]);
      github.requests.length = 0;
      github.world.mayResolve = false;
      // GitHub may not know a token's permissions right after it was minted.
      const now = Date.now();
      jest.spyOn(Date, 'now').mockImplementation(() => now + 10_000);
      const response = await post([]).finally(() => jest.restoreAllMocks());

      expect(response.outdated).toBe(2);
      expect(stored()).toMatchObject([{ isResolved: false, body: expect.stringMatching(settled) }, {}, {}]);
      expect(requests('POST', /graphql/)).toHaveLength(2);
    });

    it('only marks the remark if the installation does not let the app change contents', async () => {
      const { contents: _, ...permissions } = installation().permissions;
      installation().permissions = permissions;
      await post([remark(12), remark(13)]);

      expect(await post([])).toMatchObject({ outdated: 2 });
      expect(stored()).toMatchObject([{ isResolved: false, body: expect.stringMatching(settled) }, {}]);
      expect(requests('POST', /graphql/)).toEqual([]);
    });

    it('does not give up on the thread while GitHub may not know the token yet', async () => {
      jest.spyOn(Date, 'now').mockReturnValue(Date.now());
      await post([remark(12)]);
      github.world.mayResolve = false;
      const early = await post([]).catch((error: unknown) => error);
      jest.restoreAllMocks();

      expect(early).toMatchObject({ code: 'permission_missing', transient: true });
      github.world.mayResolve = true;
      expect(await post([])).toMatchObject({ outdated: 1 });
      expect(stored()).toMatchObject([{ isResolved: true, body: expect.stringMatching(settled) }]);
    });

    it('marks the remark only after the thread is resolved, however often GitHub fails', async () => {
      await post([remark(12)]);
      const when = ({ path }: { path: string }) => path.endsWith('/graphql');
      github.inject({ when, times: 1, processed: false, reply: { status: 502 } });
      await expect(post([])).rejects.toMatchObject({ code: 'provider_unavailable', transient: true });
      expect(stored()).toMatchObject([{ isResolved: false, body: expect.stringMatching(/^Look at line 12\./) }]);

      expect(await post([])).toMatchObject({ outdated: 1 });
      expect(stored()).toMatchObject([{ isResolved: true, body: expect.stringMatching(settled) }]);
    });

    it('marks the remark in a thread that a person resolved, without resolving it again', async () => {
      await post([remark(12)]);
      stored()[0]!.isResolved = true;

      expect(await post([])).toMatchObject({ outdated: 1 });
      expect(stored()).toMatchObject([{ isResolved: true, body: expect.stringMatching(settled) }]);
      expect(requests('POST', /graphql/)).toHaveLength(1);
    });

    it('deletes or keeps the remark on request', async () => {
      await post([remark(12)]);

      expect(await post([], { outdated: 'keep' })).toMatchObject({ outdated: 0 });
      expect(stored()).toHaveLength(1);
      expect(await post([], { outdated: 'delete' })).toMatchObject({ outdated: 1 });
      expect(stored()).toEqual([]);
    });

    it('is not taken for deleted while GitHub may not know the token yet', async () => {
      jest.spyOn(Date, 'now').mockReturnValue(Date.now());
      await post([remark(12)]);
      github.inject({ when: ({ method }) => method === 'DELETE', processed: false, reply: { status: 404 } });
      const early = await post([], { outdated: 'delete' }).catch((error: unknown) => error);
      jest.restoreAllMocks();

      expect(early).toMatchObject({ code: 'not_found_or_no_access', transient: true });
      expect(await post([], { outdated: 'delete' })).toMatchObject({ outdated: 1 });
      expect(stored()).toEqual([]);
    });

    it('counts as deleted if somebody else deletes it first', async () => {
      await post([remark(12)]);
      github.inject({ when: ({ method }) => method === 'DELETE', processed: true, reply: { status: 404 } });
      const now = Date.now();
      jest.spyOn(Date, 'now').mockImplementation(() => now + 10_000);

      expect(await post([], { outdated: 'delete' }).finally(() => jest.restoreAllMocks())).toMatchObject({
        outdated: 1,
      });
    });

    it.each(['resolve', 'delete'] as const)('does not %s a thread that somebody answered', async (outdated) => {
      await post([remark(12)]);
      github.addReply(pull(), stored()[0]!, 'This is intended.');
      const before = structuredClone(stored());

      expect(await post([], { outdated })).toMatchObject({ outdated: 0 });
      expect(stored()).toEqual(before);
    });
  });

  it('works under the paths of an Enterprise Server', async () => {
    const enterprise = await startAcme({ basePath: '/api/v3', rateLimit: null });
    try {
      const { integration, deps } = connect(enterprise, egress, { config: { appId: String(APP_ID) } });
      client = new GitHubClient(integration, deps);
      enterprise.pull(OWNER, REPOSITORY, PULL_REQUEST).files = FILES;
      await post([remark(12)]);

      expect(await post([])).toMatchObject({ outdated: 1 });
      expect(enterprise.pull(OWNER, REPOSITORY, PULL_REQUEST).reviewComments).toMatchObject([{ isResolved: true }]);
      expect(enterprise.violations).toEqual([]);
    } finally {
      await enterprise.stop();
    }
  });
});

function remark(startLine: number, lines: { endLine?: number } = {}): InlineComment {
  const endLine = lines.endLine ?? startLine;
  const body = `Look at line ${startLine}.`;
  return { fingerprint: `line-${startLine}`, path: 'src/shop.ts', startLine, endLine, body };
}

function range(from: number, count: number): number[] {
  return Array.from({ length: count }, (_, index) => from + index);
}
