import { randomUUID } from 'node:crypto';
import { ScmCommentRequest } from '@integrations/contracts';
import type { EgressClient } from '@integrations/provider-kit';
import {
  ACCESS_TOKEN,
  API_TOKEN,
  connect,
  OWNER,
  PULL_REQUEST,
  REPOSITORY,
  startAcme,
} from '../../../../test/support/fake-bitbucket-cloud/connection';
import type { FakeBitbucketCloud } from '../../../../test/support/fake-bitbucket-cloud/index';
import { loopbackEgress } from '../../../../test/support/fake-vendor/connection';
import { BitbucketClient } from './client';
import { postComment } from './comments';
import { type Authentication, BitbucketCloudConfig } from './config';

describe('postComment', () => {
  let bitbucket: FakeBitbucketCloud;
  let egress: EgressClient;

  const poster =
    (authentication: Authentication, secret: string) =>
    (fields: Partial<ScmCommentRequest> = {}) => {
      const config = Object.assign(new BitbucketCloudConfig(), { authentication });
      const { integration, deps } = connect(bitbucket, egress, { config, secret });
      const onPull = { owner: OWNER, repository: REPOSITORY, pullRequestNumber: PULL_REQUEST, body: 'Two findings.' };
      const request = Object.assign(new ScmCommentRequest(), { ...onPull, ...fields });
      const context = { operationId: randomUUID(), upsertKey: 'sast', signal: AbortSignal.timeout(60_000) };
      return postComment(new BitbucketClient(integration, deps), request, context);
    };
  const asUser = poster('api_token', API_TOKEN);
  const asBot = poster('access_token', ACCESS_TOKEN);
  const pullRequest = () => bitbucket.pullRequest(OWNER, REPOSITORY, PULL_REQUEST);

  beforeAll(async () => {
    egress = loopbackEgress();
    bitbucket = await startAcme();
  });
  afterEach(() => {
    expect(bitbucket.violations).toEqual([]);
    bitbucket.reset();
  });
  afterAll(async () => {
    await egress.close();
    await bitbucket.stop();
  });

  it('hides its marker without HTML, which Bitbucket would show, and unfolds details', async () => {
    const body = 'Two.\n<details>\n<summary>More</summary>\n\n| a |\n\n</details>\n';
    const { url } = await asUser({ body });
    const { id, raw } = pullRequest().comments[0]!;

    expect(raw).toMatch(/^Two\.\n\*\*More\*\*\n\n\| a \|\n\n\n\n\[\/\/\]: # \(integrations:[0-9a-f]{32}\)$/);
    expect(url).toBe(`${bitbucket.url}/acme/shop/pull-requests/7/_/diff#comment-${id}`);
  });

  it.each([
    ['an account', asUser],
    ['the bot of an access token, which may not read its own account', asBot],
  ])('finds its comment again as %s, also on later pages', async (_, post) => {
    for (let i = 0; i < 150; i++) bitbucket.addForeignComment(pullRequest(), `chatter ${i}`);
    const { commentId } = await post();

    expect(await post()).toMatchObject({ outcome: 'unchanged', commentId });
    expect(await post({ body: 'None.' })).toMatchObject({ outcome: 'updated', commentId });
  });

  it.each([
    ['an account', asUser],
    ['the bot of an access token', asBot],
  ])('ignores a copied marker, as %s', async (_, post) => {
    await post();
    const { raw } = pullRequest().comments.splice(0)[0]!;
    bitbucket.addForeignComment(pullRequest(), raw);

    expect(await post()).toMatchObject({ outcome: 'created' });
  });

  it('creates a new comment if its own was deleted', async () => {
    await asUser();
    Object.assign(pullRequest().comments[0]!, { deleted: true, raw: '' });

    expect(await asUser()).toMatchObject({ outcome: 'created' });
  });

  it('updates the comment with the given id only if it is its own', async () => {
    const { commentId } = await asUser();
    const { id } = bitbucket.addForeignComment(pullRequest(), 'Hello.');

    expect(await asUser({ commentId, body: 'Other.' })).toMatchObject({ outcome: 'updated', commentId });
    for (const other of [String(id), 'abc', `${commentId}/resolve`, `../comments/${commentId}`]) {
      const message = expect.stringMatching(/^commentId: /) as unknown;
      await expect(asUser({ commentId: other })).rejects.toMatchObject({ code: 'invalid_request', message });
    }
    await expect(asUser({ commentId: '1' })).rejects.toMatchObject({ code: 'not_found_or_no_access' });
  });

  it('cuts a body that is too long', async () => {
    const { truncated } = await asUser({ body: 'word '.repeat(10_000) });

    expect(truncated).toMatchObject([{ field: 'body', was: 50_000 }]);
    expect(pullRequest().comments[0]!.raw.length).toBeLessThanOrEqual(32_768);
  });
});
