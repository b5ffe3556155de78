import { randomUUID } from 'node:crypto';
import { ScmCommentRequest } from '@integrations/contracts';
import type { EgressClient } from '@integrations/provider-kit';
import {
  connect,
  PROJECT,
  PULL_REQUEST,
  REPOSITORY,
  startAcme,
} from '../../../../test/support/fake-azure-devops/connection';
import type { FakeAzureDevOps } from '../../../../test/support/fake-azure-devops/index';
import { loopbackEgress } from '../../../../test/support/fake-vendor/connection';
import { azureDevOpsAnnotations } from './annotations';
import { AzureDevOpsClient } from '../vendors/azure-devops/client';
import { AzureDevOpsConfig } from '../vendors/azure-devops/config';

const place = { owner: PROJECT, repository: REPOSITORY, pullRequestNumber: PULL_REQUEST };

describe('An Azure DevOps comment', () => {
  let azure: FakeAzureDevOps;
  let egress: EgressClient;

  const open = () => {
    const { integration, deps } = connect(azure, egress, { config: new AzureDevOpsConfig() });
    return azureDevOpsAnnotations(new AzureDevOpsClient(integration, deps));
  };
  const post = (fields: Partial<ScmCommentRequest> = {}) => {
    const request = Object.assign(new ScmCommentRequest(), { ...place, body: 'Two findings.', ...fields });
    const context = { operationId: randomUUID(), upsertKey: 'sast', signal: AbortSignal.timeout(60_000) };
    return open().postComment(request, context);
  };
  const pullRequest = () => azure.pullRequest(PROJECT, REPOSITORY, PULL_REQUEST);
  const stored = () => pullRequest().threads;

  beforeAll(async () => {
    egress = loopbackEgress();
    azure = await startAcme();
  });
  afterEach(() => {
    expect(azure.violations).toEqual([]);
    azure.reset();
  });
  afterAll(async () => {
    await egress.close();
    await azure.stop();
  });

  it('opens a thread that nobody has to resolve', async () => {
    const { commentId, url } = await post();

    const [thread] = stored();
    expect(thread).toMatchObject({ status: 'closed', threadContext: null });
    expect(thread!.comments[0]!.content).toMatch(/^Two findings\.\n\n\[\/\/\]: # \(integrations:[0-9a-f]{32}\)$/);
    expect(commentId).toBe(`${thread!.id}-1`);
    expect(url).toBe(`${azure.url}/Web%20Shop/_git/shop/pullrequest/7?discussionId=${thread!.id}`);
  });

  it('is found among other threads, which stay unchanged', async () => {
    azure.addForeignThread(pullRequest(), 'Nice work');
    await post();
    azure.addReply(stored()[1]!, 'Thanks');
    stored()[1]!.status = 'active';

    expect(await post({ body: 'All fixed.' })).toMatchObject({ outcome: 'updated', commentId: `${stored()[1]!.id}-1` });
    expect(stored()).toMatchObject([{}, { status: 'active', comments: [{}, { content: 'Thanks' }] }]);
  });

  it('is created again after it was deleted', async () => {
    await post();
    stored()[0]!.comments[0]!.isDeleted = true;

    expect(await post()).toMatchObject({ outcome: 'created' });
  });

  it('is updated by its id, which may be that of the thread alone', async () => {
    const { commentId } = await post();
    const [thread] = commentId.split('-');

    expect(await post({ commentId, body: 'One.' })).toMatchObject({ outcome: 'updated', commentId });
    expect(await post({ commentId: thread!, body: 'One.' })).toMatchObject({ outcome: 'unchanged' });
    for (const none of [`${commentId}/likes`, `../threads/${commentId}`, `${thread}-`]) {
      const message = expect.stringMatching(/^commentId: /) as unknown;
      await expect(post({ commentId: none })).rejects.toMatchObject({ code: 'invalid_request', message });
    }
    expect(stored()).toHaveLength(1);
  });

  it("is not updated by an id that is malformed, unknown or someone else's", async () => {
    const foreign = azure.addForeignThread(pullRequest(), 'Mine');
    await expect(post({ commentId: 'x' })).rejects.toMatchObject({ code: 'invalid_request' });
    await expect(post({ commentId: '99' })).rejects.toMatchObject({ code: 'not_found_or_no_access' });
    await expect(post({ commentId: `${foreign.id}-2` })).rejects.toMatchObject({ code: 'not_found_or_no_access' });
    await expect(post({ commentId: `${foreign.id}` })).rejects.toMatchObject({ code: 'invalid_request' });
    expect(azure.requests.filter(({ method }) => method !== 'GET')).toEqual([]);
  });

  it('is cut to the limit of Azure DevOps', async () => {
    const { truncated } = await post({ body: 'x'.repeat(160_000) });

    expect(truncated).toMatchObject([{ field: 'body', was: 160_000 }]);
    expect(stored()[0]!.comments[0]!.content.length).toBeLessThanOrEqual(150_000);
  });

  it('is cut as Azure DevOps counts, for which an emoji is two characters', async () => {
    const { truncated } = await post({ body: '🔴 finding\n'.repeat(15_000) });

    expect(truncated).toMatchObject([{ field: 'body', was: 165_000, unit: 'characters' }]);
    expect(stored()[0]!.comments[0]!.content.length).toBeLessThanOrEqual(150_000);
  });

  it.each([
    ['active', 'open'],
    ['abandoned', 'closed'],
    ['completed', 'closed'],
  ] as const)('on a pull request that is %s finds it %s', async (status, state) => {
    Object.assign(pullRequest(), { status, isDraft: true });

    expect(await open().readPullRequest(place, AbortSignal.timeout(60_000))).toEqual({
      ...{ headSha: 'a'.repeat(40), state, draft: true, locked: false },
    });
  });
});
