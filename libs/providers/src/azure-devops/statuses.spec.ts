import { randomUUID } from 'node:crypto';
import { ScmStatusRequest } from '@integrations/contracts';
import type { EgressClient } from '@integrations/provider-kit';
import {
  connect,
  HEAD_SHA,
  LONE_SHA,
  PROJECT,
  PULL_REQUEST,
  REPOSITORY,
  startAcme,
} from '../../../../test/support/fake-azure-devops/connection';
import { type FakeAzureDevOps, PERMISSIONS } from '../../../../test/support/fake-azure-devops/index';
import { loopbackEgress } from '../../../../test/support/fake-vendor/connection';
import { AzureDevOpsClient } from '../vendors/azure-devops/client';
import { AzureDevOpsConfig } from '../vendors/azure-devops/config';
import { postStatus } from './statuses';

describe('postStatus', () => {
  let azure: FakeAzureDevOps;
  let egress: EgressClient;

  const post = (fields: Partial<ScmStatusRequest> = {}) => {
    const { integration, deps } = connect(azure, egress, { config: new AzureDevOpsConfig() });
    const ofCommit = { owner: PROJECT, repository: REPOSITORY, commitSha: HEAD_SHA, state: 'success', context: 'scan' };
    const request = Object.assign(new ScmStatusRequest(), { ...ofCommit, ...fields });
    const context = { operationId: randomUUID(), upsertKey: 'scan', signal: AbortSignal.timeout(60_000) };
    return postStatus(new AzureDevOpsClient(integration, deps), request, context);
  };
  const pullRequest = () => azure.pullRequest(PROJECT, REPOSITORY, PULL_REQUEST);
  const onCommit = (sha = HEAD_SHA) => azure.statuses(PROJECT, REPOSITORY, sha);
  const onPull = () => pullRequest().statuses;

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

  it('posts one status to the commit, and to the pull request whose head it is', async () => {
    const response = await post({ description: 'Fine' });

    expect(response).toEqual({
      ...{ outcome: 'created', statusId: String(onCommit()[0]!.id), state: 'success', context: 'scan', truncated: [] },
      url: `${azure.url}/Web%20Shop/_git/shop/commit/${HEAD_SHA}`,
    });
    const said = { state: 'succeeded', genre: 'integrations', name: 'scan', description: 'Fine' };
    expect(onCommit()).toMatchObject([said]);
    expect(onPull()).toMatchObject([{ ...said, iterationId: 1 }]);
    expect(await post({ description: 'Fine' })).toMatchObject({ outcome: 'unchanged' });
    expect([onCommit(), onPull()].map(({ length }) => length)).toEqual([1, 1]);
  });

  it('changes a status by adding a new one, since the newest counts', async () => {
    await post({ state: 'pending' });

    expect(await post({ state: 'failure' })).toMatchObject({ outcome: 'updated' });
    expect(await post({ state: 'failure' })).toMatchObject({ outcome: 'unchanged' });
    expect(onPull().map(({ state }) => state)).toEqual(['pending', 'failed']);
  });

  it('does not reuse the status of another service', async () => {
    await post();
    for (const statuses of [onCommit() as object[], onPull() as object[]]) Object.assign(statuses[0]!, { genre: 'ci' });

    expect(await post()).toMatchObject({ outcome: 'created' });
  });

  it('posts the status again to the iteration that a push created', async () => {
    await post();
    azure.world.push(PROJECT, REPOSITORY, PULL_REQUEST, LONE_SHA, []);

    expect(await post({ commitSha: LONE_SHA })).toMatchObject({ outcome: 'created' });
    expect(onPull().map(({ iterationId }) => iterationId)).toEqual([1, 2]);
  });

  it('posts to a pull request without iterations, as programs may create it, and finds that status again', async () => {
    pullRequest().supportsIterations = false;

    expect(await post()).toMatchObject({ outcome: 'created' });
    expect(onPull()).toMatchObject([{ name: 'scan', iterationId: null }]);
    expect(await post()).toMatchObject({ outcome: 'unchanged' });
    expect(onPull()).toHaveLength(1);
  });

  it('says that a branch policy does not accept the status', async () => {
    const message =
      'Pull request status rejected by status policy. Status Author should match status policy configuration settings';
    const body = JSON.stringify({ message, typeKey: 'GitPullRequestStatusRejectedByPolicyException' });
    const onPulls = ({ method, path }: { method: string; path: string }) =>
      method === 'POST' && path.includes('/pullRequests/');
    azure.inject({ when: onPulls, processed: false, reply: { status: 403, body } });

    const refused = { code: 'permission_missing', message: expect.stringMatching(/a policy of the branch/) as unknown };
    await expect(post()).rejects.toMatchObject(refused);
  });

  it.each(['a commit without a pull request', 'a pull request that is not open'])(
    'posts to the commit alone for %s',
    async (what) => {
      if (what.startsWith('a pull')) pullRequest().status = 'completed';
      const commitSha = what.startsWith('a pull') ? HEAD_SHA : LONE_SHA;

      expect(await post({ commitSha })).toMatchObject({ outcome: 'created' });
      expect(onCommit(commitSha)).toHaveLength(1);
      expect(onPull()).toEqual([]);
    },
  );

  it('finds its status on later pages', async () => {
    await post();
    const [ours] = onCommit();
    const others = Array.from({ length: 150 }, (_, index) => ({ ...ours!, id: index + 1, name: `ci ${index}` }));
    (onCommit() as object[]).unshift(...others);

    expect(await post()).toMatchObject({ outcome: 'unchanged' });
  });

  it('reports the permission that it lacks, and a missing commit', async () => {
    azure.world.project(PROJECT).permissions = PERMISSIONS.GenericRead;
    await expect(post()).rejects.toThrow(/needed: GenericContribute/);
    await expect(post({ commitSha: '9'.repeat(40) })).rejects.toMatchObject({ code: 'not_found_or_no_access' });
  });

  it('cuts a long description', async () => {
    const { truncated } = await post({ description: 'x'.repeat(300) });

    expect(truncated).toMatchObject([{ field: 'description', now: 255 }]);
    expect(onPull()[0]!.description).toMatch(/x…$/);
  });
});
