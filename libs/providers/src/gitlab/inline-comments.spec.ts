import { randomUUID } from 'node:crypto';
import type { EgressClient, InlineComment, InlineCommentsRequest } from '@integrations/provider-kit';
import {
  added,
  connect,
  HEAD_SHA,
  MERGE_REQUEST,
  OWNER,
  PROJECT,
  REPOSITORY,
  startAcme,
} from '../../../../test/support/fake-gitlab/connection';
import { loopbackEgress } from '../../../../test/support/fake-vendor/connection';
import type { FakeGitLab } from '../../../../test/support/fake-gitlab/index';
import { GitLabClient } from '../vendors/gitlab/client';
import { GitLabConfig } from './config';
import { postInlineComments } from './inline-comments';

const NEW_HEAD = 'd'.repeat(40);

describe('postInlineComments', () => {
  let gitlab: FakeGitLab;
  let egress: EgressClient;

  const post = (
    comments: readonly InlineComment[],
    options: Partial<InlineCommentsRequest> = {},
    upsertKey = 'sast',
  ) => {
    const { integration, deps } = connect(gitlab, egress, { config: new GitLabConfig() });
    const place = { owner: OWNER, repository: REPOSITORY, pullRequestNumber: MERGE_REQUEST, headSha: HEAD_SHA };
    const context = { operationId: randomUUID(), upsertKey, signal: AbortSignal.timeout(60_000) };
    const request = { ...place, comments, outdated: 'resolve', ...options } as const;
    return postInlineComments(new GitLabClient(integration, deps), request, context);
  };
  const mergeRequest = () => gitlab.mergeRequest(PROJECT, MERGE_REQUEST);
  const stored = () => mergeRequest().discussions;
  const writes = () => gitlab.requests.filter(({ method }) => method !== 'GET');

  beforeAll(async () => {
    egress = loopbackEgress();
    gitlab = await startAcme({ files: [added('src/shop.ts', 40)] });
  });
  afterEach(() => {
    expect(gitlab.violations).toEqual([]);
    gitlab.reset();
  });
  afterAll(async () => {
    await egress.close();
    await gitlab.stop();
  });

  it('places a remark at its line, else at its file, else nowhere, and reports why', async () => {
    mergeRequest().hidden = [5];
    const elsewhere = { ...remark(1), path: 'other.ts', fingerprint: 'other' };
    const { comments } = await post([remark(3), remark(5), remark(90), elsewhere]);

    expect(comments).toMatchObject([
      {
        outcome: 'created',
        placed: 'inline',
        reason: null,
        url: `${gitlab.url}/${PROJECT}/-/merge_requests/7#note_${stored()[0]!.notes[0]!.id}`,
      },
      { placed: 'file', reason: 'GitLab accepts no remark on the line' },
      { placed: 'file', reason: 'the diff does not show the line' },
      { outcome: 'unplaced', placed: null, reason: 'the pull request does not change the file' },
    ]);
    expect(stored()[2]!.notes[0]!.body).toMatch(/^\*\*Line 90\*\*\n\nLook at line 90\./);
  });

  it('leaves a remark unplaced that an old GitLab accepts neither at the line nor at the file', async () => {
    gitlab.world.knowsFilePositions = false;

    expect(await post([remark(90)])).toMatchObject({ comments: [{ outcome: 'unplaced' }] });
  });

  it('counts the lines that a suggestion replaces as GitLab does', async () => {
    const body = 'Better:\n```suggestion\nconst shop = 1;\n```';
    await post([{ ...remark(3), endLine: 5, body }]);

    expect(stored()[0]!.notes[0]!.body).toContain('```suggestion:-2+0\n');
  });

  it('leaves remarks unchanged after a push, and places new ones in the version with that head', async () => {
    await post([remark(3)]);
    gitlab.world.push(mergeRequest(), NEW_HEAD, [added('src/shop.ts', 40)]);
    const { comments } = await post([remark(3), remark(4)], { headSha: NEW_HEAD });

    expect(comments).toMatchObject([{ outcome: 'unchanged' }, { outcome: 'created' }]);
    expect(stored()[1]!.position).toMatchObject({ head_sha: NEW_HEAD });
  });

  it('places nothing on a head that the merge request never had', async () => {
    const posting = post([remark(3)], { headSha: '9'.repeat(40) });

    await expect(posting).rejects.toMatchObject({ code: 'stale_head', transient: false });
    expect(writes()).toEqual([]);
  });

  it('finds its remarks on later pages, past other discussions', async () => {
    for (let i = 0; i < 120; i++) gitlab.addForeignNote(PROJECT, MERGE_REQUEST, `chatter ${i}`);
    await post([remark(3)]);

    expect(await post([remark(3)])).toMatchObject({ comments: [{ outcome: 'unchanged' }] });
  });

  it('ignores a copied marker', async () => {
    await post([remark(3)]);
    const { body } = stored()[0]!.notes[0]!;
    stored().splice(0);
    gitlab.addForeignNote(PROJECT, MERGE_REQUEST, body);

    expect(await post([remark(3)])).toMatchObject({ comments: [{ outcome: 'created' }] });
    expect(await post([], { outdated: 'delete' })).toMatchObject({ outdated: 1 });
    expect(stored()).toHaveLength(1);
  });

  it.each(['resolve', 'delete'] as const)('does not %s a thread that somebody answered', async (outdated) => {
    await post([remark(3), remark(4)]);
    gitlab.addReply(stored()[0]!, 'This is intended.');
    gitlab.addReply(stored()[1]!, 'changed this line in version 2', true);

    expect(await post([], { outdated })).toMatchObject({ outdated: 1 });
    expect(stored()[0]).toMatchObject({ resolvedBy: null, notes: [{}, {}] });
  });

  it('reopens a thread that it resolved itself, but not one that a person resolved', async () => {
    await post([remark(3), remark(4)]);
    gitlab.resolve(stored()[0]!);
    await post([]);
    const { comments } = await post([remark(3), remark(4)]);

    expect(comments).toMatchObject([{ outcome: 'unchanged' }, { outcome: 'updated' }]);
    expect(stored()).toMatchObject([{ resolvedBy: { username: 'alice' } }, { resolvedBy: null }]);
  });

  it.each([
    [502, ''],
    [403, '{"message":"You cannot perform write operations on a read-only instance"}'],
  ])('reports a failure when GitLab could not resolve a thread: %d %s', async (status, body) => {
    await post([remark(3)]);
    gitlab.inject({ when: ({ method }) => method === 'PUT', processed: false, reply: { status, body } });
    await expect(post([])).rejects.toMatchObject({ code: 'provider_unavailable', transient: true });

    expect(await post([])).toMatchObject({ outdated: 1 });
    expect(stored()).toMatchObject([{ resolvedBy: expect.anything() }]);
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

  it("tries to resolve only once if the user's role does not allow it", async () => {
    await post([remark(3), remark(4)]);
    gitlab.world.mayResolve = false;
    gitlab.requests.length = 0;

    expect(await post([])).toMatchObject({ outdated: 0 });
    expect(writes()).toHaveLength(1);
  });
});

function remark(startLine: number): InlineComment {
  const body = `Look at line ${startLine}.`;
  return { fingerprint: `line-${startLine}`, path: 'src/shop.ts', startLine, endLine: startLine, body };
}
