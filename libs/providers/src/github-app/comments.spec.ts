import { randomUUID } from 'node:crypto';
import { ScmCommentRequest } from '@integrations/contracts';
import { type AnnotationContext, type EgressClient } from '@integrations/provider-kit';
import type { FakeGitHub } from '../../../../test/support/fake-github/index';
import {
  APP_ID,
  connect,
  OWNER,
  PULL_REQUEST,
  REPOSITORY,
  startAcme,
} from '../../../../test/support/fake-github/connection';
import { loopbackEgress } from '../../../../test/support/fake-vendor/connection';
import { GitHubClient } from '../vendors/github/client';
import { postComment } from './comments';

const signal = new AbortController().signal;

describe('postComment', () => {
  let github: FakeGitHub;
  let egress: EgressClient;
  let client: GitHubClient;

  const post = (fields: Partial<ScmCommentRequest> = {}, context: Partial<AnnotationContext> = {}) => {
    const target = { owner: OWNER, repository: REPOSITORY, pullRequestNumber: PULL_REQUEST };
    const request = Object.assign(new ScmCommentRequest(), { ...target, body: 'Two findings.', ...fields });
    return postComment(client, request, { operationId: randomUUID(), upsertKey: 'sast', signal, ...context });
  };
  const comments = () => github.comments(OWNER, REPOSITORY, PULL_REQUEST);
  const addForeign = (body: string, by: 'User' | 'Bot' = 'User') =>
    github.addForeignComment(OWNER, REPOSITORY, PULL_REQUEST, body, by);
  const writes = () => github.requests.filter(({ method, path }) => method !== 'GET' && path.includes('/comments'));

  beforeAll(async () => {
    egress = loopbackEgress();
    github = await startAcme();
  });
  const open = (appId: string) => {
    const { integration, deps } = connect(github, egress, { config: { appId } });
    client = new GitHubClient(integration, deps);
  };

  beforeEach(() => open(String(APP_ID)));
  afterEach(() => {
    expect(github.violations).toEqual([]);
    github.reset();
  });
  afterAll(async () => {
    await egress.close();
    await github.stop();
  });

  it('creates a comment with a hidden marker as its last line', async () => {
    const response = await post();

    expect(response).toEqual({
      outcome: 'created',
      commentId: String(comments()[0]!.id),
      url: expect.stringContaining(`/pull/7#issuecomment-${comments()[0]!.id}`),
      truncated: [],
    });
    expect(comments()[0]!.body).toMatch(/^Two findings\.\n\n<!-- integrations:[0-9a-f]{32} -->$/);
  });

  it('updates the comment with the same upsert key', async () => {
    const { commentId } = await post();
    const response = await post({ body: 'All fixed.' });

    expect(response).toMatchObject({ outcome: 'updated', commentId });
    expect(comments().map(({ body }) => body.split('\n')[0])).toEqual(['All fixed.']);
  });

  it('writes nothing if the body is the same', async () => {
    await post();
    comments()[0]!.body = comments()[0]!.body.replaceAll('\n', '\r\n');

    expect(await post()).toMatchObject({ outcome: 'unchanged' });
    expect(writes()).toHaveLength(1);
  });

  it('recognises its comment by the client id of the app', async () => {
    open('Iv23fake');
    await post();

    expect(await post({ body: 'All fixed.' })).toMatchObject({ outcome: 'updated' });
    expect(comments()).toHaveLength(1);
  });

  it('keeps one comment for each upsert key', async () => {
    await post();
    await post({}, { upsertKey: 'licences' });

    expect(comments()).toHaveLength(2);
  });

  it('finds its comment on a later page', async () => {
    for (let i = 0; i < 230; i++) addForeign(`chatter ${i}`);
    await post();
    for (let i = 0; i < 5; i++) addForeign(`more ${i}`);

    expect(await post({ body: 'All fixed.' })).toMatchObject({ outcome: 'updated' });
    expect(comments()).toHaveLength(236);
  });

  // Two installations of ours, each with an app of its own, may well use the same upsert key.
  it.each([
    ['a person', 'User'],
    ['another app', 'Bot'],
  ] as const)('ignores a marker in a comment of %s', async (_, by) => {
    await post();
    const stolen = comments()[0]!.body;
    github.world.deleteComment(comments()[0]!.id);
    const foreign = addForeign(stolen, by);

    expect(await post({ body: 'All fixed.' })).toMatchObject({ outcome: 'created' });
    expect(foreign.body).toBe(stolen);
  });

  it('ignores a marker within the text', async () => {
    await post();
    const marker = comments()[0]!.body.split('\n').at(-1)!;
    await post({ body: `${marker}\n<!-- ` }, { upsertKey: 'licences' });

    expect(await post({ body: 'All fixed.' })).toMatchObject({ outcome: 'updated' });
    expect(comments()[0]!.body).toContain('All fixed.');
    expect(comments()[1]!.body).not.toContain(marker);
  });

  it('cuts a body that is too long, says so, and keeps its marker', async () => {
    const response = await post({ body: '€'.repeat(70_000) });

    expect(response.truncated).toEqual([expect.objectContaining({ field: 'body', was: 70_000, unit: 'characters' })]);
    expect(comments()[0]!.body.length).toBeLessThanOrEqual(65_536);
    expect(await post({ body: '€'.repeat(70_000) })).toMatchObject({ outcome: 'unchanged' });
  });

  it('reports a missing pull request', async () => {
    await expect(post({ pullRequestNumber: 8 })).rejects.toMatchObject({ code: 'not_found_or_no_access' });
  });

  it('reports a locked conversation', async () => {
    github.world.repository(OWNER, REPOSITORY).repository.pulls.get(PULL_REQUEST)!.locked = true;

    await expect(post()).rejects.toMatchObject({ code: 'locked', transient: false });
  });

  describe('with updateExisting: false', () => {
    it('adds a comment for each operation', async () => {
      await post();
      await post({ updateExisting: false });
      await post({ updateExisting: false });

      expect(comments()).toHaveLength(3);
    });

    it('adds none when the operation runs again', async () => {
      const operationId = randomUUID();
      const first = await post({ updateExisting: false }, { operationId });
      const second = await post({ updateExisting: false }, { operationId });

      expect(second).toMatchObject({ outcome: 'unchanged', commentId: first.commentId });
      expect(comments()).toHaveLength(1);
    });
  });

  describe('with a commentId', () => {
    it('updates that comment, which keeps its marker', async () => {
      const { commentId } = await post({ updateExisting: false });
      const marker = comments()[0]!.body.split('\n').at(-1)!;
      await post({ commentId, body: 'All fixed.' });

      expect(comments().map(({ body }) => body)).toEqual([`All fixed.\n\n${marker}`]);
    });

    it('writes nothing if the body is the same', async () => {
      const { commentId } = await post();

      expect(await post({ commentId })).toMatchObject({ outcome: 'unchanged' });
    });

    it.each([
      ['is not a number', () => 'abc', 'invalid_request'],
      ['continues as a path', () => '1/reactions', 'invalid_request'],
      ['starts as a path', () => '../comments/1', 'invalid_request'],
      ['does not exist', () => '999999', 'not_found_or_no_access'],
      ["is someone else's", () => String(addForeign('mine').id), 'invalid_request'],
      ["is another app's", () => String(addForeign('mine', 'Bot').id), 'invalid_request'],
    ])('refuses an id that %s', async (_, id, code) => {
      await expect(post({ commentId: id() })).rejects.toMatchObject({ code });
      expect(writes()).toEqual([]);
    });

    it('refuses an id from another pull request, also if their numbers end alike', async () => {
      const { pulls } = github.world.repository(OWNER, REPOSITORY).repository;
      pulls.set(17, { ...pulls.get(PULL_REQUEST)!, number: 17, comments: [] });
      const { commentId } = await post({ pullRequestNumber: 17 });

      for (const pullRequestNumber of [PULL_REQUEST, 1, 170]) {
        await expect(post({ commentId, pullRequestNumber })).rejects.toMatchObject({ code: 'invalid_request' });
      }
      expect(writes()).toHaveLength(1);
    });
  });
});
