import { ScmCommentRequest } from '@integrations/contracts';
import { type EgressClient, markerOf } from '@integrations/provider-kit';
import {
  connect,
  OWNER,
  PROJECT_TOKEN,
  PULL_REQUEST,
  REPOSITORY,
  startAcme,
  TOKEN,
} from '../../../../test/support/fake-bitbucket-data-center/connection';
import type { FakeBitbucketDataCenter } from '../../../../test/support/fake-bitbucket-data-center/index';
import { loopbackEgress } from '../../../../test/support/fake-vendor/connection';
import { bitbucketAnnotations } from './annotations';
import { BitbucketClient } from './client';
import { BitbucketDataCenterConfig } from './config';

const context = { operationId: 'op', upsertKey: 'sast', signal: new AbortController().signal };

describe('Comments at Bitbucket Data Center', () => {
  let bitbucket: FakeBitbucketDataCenter;
  let egress: EgressClient;

  const comment = (fields: Partial<ScmCommentRequest> = {}, token = TOKEN) => {
    const { integration, deps } = connect(bitbucket, egress, { config: new BitbucketDataCenterConfig(), token });
    const place = { owner: OWNER, repository: REPOSITORY, pullRequestNumber: PULL_REQUEST, body: 'Two findings.' };
    const request = Object.assign(new ScmCommentRequest(), { ...place, ...fields });
    return bitbucketAnnotations(new BitbucketClient(integration, deps)).postComment(request, context);
  };
  const pullRequest = () => bitbucket.pullRequest(OWNER, REPOSITORY, PULL_REQUEST);
  const texts = () => pullRequest().comments.map(({ text }) => text);

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

  it('have a marker that Markdown hides, and no HTML, which would be shown', async () => {
    await comment({ body: '<details>\n<summary>More</summary>\n\nDone.<!-- x -->\n</details>' });

    expect(texts()[0]).toMatch(/^\*\*More\*\*\n\nDone\.\n\n\n\[\/\/\]: # \(integrations:[0-9a-f]{32}\)$/);
  });

  it('are found after hundreds of other activities, each thread once', async () => {
    await comment();
    const [own] = pullRequest().comments;
    for (let index = 0; index < 220; index++) bitbucket.addForeignComment(pullRequest(), `Comment ${index}`);
    for (let index = 0; index < 3; index++) bitbucket.addReply(own!, `Answer ${index}`);

    expect(await comment()).toMatchObject({ outcome: 'unchanged', commentId: String(own!.id) });
    expect(await comment({ updateExisting: false })).toMatchObject({ outcome: 'created' });
    expect(bitbucket.requests.filter(({ path }) => path.endsWith('/activities'))).toHaveLength(1 + 1 + 3);
  });

  it('are kept apart by author, even with a copied marker', async () => {
    await comment();
    bitbucket.addForeignComment(pullRequest(), texts()[0]!);
    await comment({ body: 'All fixed.' }, PROJECT_TOKEN);

    expect(pullRequest().comments.map(({ author, text }) => `${author.name}: ${text.split('\n')[0]}`)).toEqual([
      ...['scanner bot: Two findings.', 'alice: Two findings.', 'access-token-user/1/77: All fixed.'],
    ]);
  });

  /** Lets somebody else change the comment each time just before our own change arrives. */
  const changedFirst = (change: (present: { version: number; text: string }) => void) =>
    bitbucket.inject({
      when({ method }) {
        if (method === 'PUT') change(pullRequest().comments[0]!);
        return false;
      },
      ...{ processed: true, reply: 'reset' },
    });
  const puts = () => bitbucket.requests.filter(({ method }) => method === 'PUT').length;

  it('are read again once if their version is stale', async () => {
    await comment();
    changedFirst((present) => (present.version = 5));
    expect(await comment({ body: 'New.' })).toMatchObject({ outcome: 'updated' });
    expect(puts()).toBe(2);
  });

  it('are retried later if somebody keeps changing them', async () => {
    await comment();
    changedFirst((present) => (present.version += 1));
    await expect(comment({ body: 'New.' })).rejects.toMatchObject({ code: 'conflict', transient: true });
    expect(puts()).toBe(2);
  });

  it('are left unchanged if they already have the wanted text', async () => {
    await comment();
    const [own] = pullRequest().comments;
    changedFirst((present) => Object.assign(present, { version: 5, text: own!.text.replace('Two findings.', 'New.') }));
    await comment({ body: 'New.' });

    expect(own).toMatchObject({ version: 5 });
    expect(puts()).toBe(1);
  });

  it("are not updated by an id that is someone else's or malformed", async () => {
    const { id } = bitbucket.addForeignComment(pullRequest(), 'Mine.');

    const { commentId } = await comment();
    for (const other of [String(id), 'abc', `${commentId}/likes`, `../comments/${commentId}`]) {
      const message = expect.stringMatching(/^commentId: /) as unknown;
      await expect(comment({ commentId: other })).rejects.toMatchObject({ code: 'invalid_request', message });
    }
    await expect(comment({ commentId: '999999' })).rejects.toMatchObject({ code: 'not_found_or_no_access' });
  });

  it("are cut to Bitbucket's limit, in any script", async () => {
    for (const body of ['x'.repeat(40_000), '😀'.repeat(17_000)]) {
      const { truncated } = await comment({ body, updateExisting: true });
      expect(truncated).toMatchObject([{ field: 'body', unit: 'bytes' }]);
    }
    expect(markerOf(texts()[0]!)).not.toBeNull();
  });
});
