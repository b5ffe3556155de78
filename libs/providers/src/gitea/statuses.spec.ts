import { randomUUID } from 'node:crypto';
import { ScmStatusRequest } from '@integrations/contracts';
import type { EgressClient } from '@integrations/provider-kit';
import {
  connect,
  HEAD_SHA,
  LONE_SHA,
  OWNER,
  REPOSITORY,
  startAcme,
} from '../../../../test/support/fake-gitea/connection';
import type { FakeGitea } from '../../../../test/support/fake-gitea/index';
import { loopbackEgress } from '../../../../test/support/fake-vendor/connection';
import { GiteaClient } from './client';
import { GiteaConfig } from './config';
import { stateOfRun } from './states';
import { postStatus } from './statuses';

describe('postStatus', () => {
  let gitea: FakeGitea;
  let egress: EgressClient;

  const post = (fields: Partial<ScmStatusRequest> = {}) => {
    const { integration, deps } = connect(gitea, egress, { config: new GiteaConfig() });
    const ofCommit = { owner: OWNER, repository: REPOSITORY, commitSha: HEAD_SHA, state: 'success', context: 'scan' };
    const request = Object.assign(new ScmStatusRequest(), { ...ofCommit, ...fields });
    const context = { operationId: randomUUID(), upsertKey: 'scan', signal: AbortSignal.timeout(60_000) };
    return postStatus(new GiteaClient(integration, deps), request, context);
  };
  const statuses = () => gitea.statuses(OWNER, REPOSITORY, HEAD_SHA);

  beforeAll(async () => {
    egress = loopbackEgress();
    gitea = await startAcme();
  });
  afterEach(() => {
    expect(gitea.violations).toEqual([]);
    gitea.reset();
  });
  afterAll(async () => {
    await egress.close();
    await gitea.stop();
  });

  it("posts a status once, and links to the commit's page", async () => {
    const response = await post({ description: 'Fine' });

    expect(response).toEqual({
      ...{ outcome: 'created', statusId: String(statuses()[0]!.id), state: 'success', context: 'scan', truncated: [] },
      url: `${gitea.url}/${OWNER}/${REPOSITORY}/commit/${HEAD_SHA}`,
    });
    expect(await post({ description: 'Fine' })).toMatchObject({ outcome: 'unchanged' });
    expect(await post({ description: 'Two findings', state: 'failure' })).toMatchObject({ outcome: 'updated' });
    expect(statuses().map(({ state }) => state)).toEqual(['success', 'failure']);
  });

  it.each([false, true])(
    'searches all pages, however few items an instance returns per page: %s',
    async (hidesTotals) => {
      Object.assign(gitea.world, { maxItems: 2, hidesTotals });
      for (let i = 0; i < 5; i++) await post({ context: `other ${i}` });
      await post();

      expect(await post()).toMatchObject({ outcome: 'unchanged' });
      expect(statuses()).toHaveLength(6);
    },
  );

  it('posts to a commit without a pull request', async () => {
    expect(await post({ commitSha: LONE_SHA })).toMatchObject({ outcome: 'created' });
  });

  it.each([
    ['a missing permission', 'permission_missing', () => (gitea.world.repository(OWNER, REPOSITORY).writable = false)],
    ['an unknown commit', 'not_found_or_no_access', () => gitea.world.repository(OWNER, REPOSITORY).commits.clear()],
  ])('reports %s', async (_, code, cause) => {
    cause();

    await expect(post()).rejects.toMatchObject({ code, transient: false });
  });

  it('cuts a long description', async () => {
    const { truncated } = await post({ description: 'x'.repeat(300) });

    expect(truncated).toMatchObject([{ field: 'description', was: 300, now: 255 }]);
  });

  it('maps the conclusion of a check run to a state', () => {
    const conclusions = ['neutral', 'skipped', 'action_required', 'timed_out', 'cancelled', null] as const;

    expect(conclusions.map(stateOfRun)).toEqual(['success', 'success', 'failure', 'error', 'error', 'pending']);
  });
});
