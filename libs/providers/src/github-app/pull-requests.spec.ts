import type { EgressClient } from '@integrations/provider-kit';
import type { FakeGitHub } from '../../../../test/support/fake-github/index';
import {
  APP_ID,
  connect,
  HEAD_SHA,
  OWNER,
  PULL_REQUEST,
  REPOSITORY,
  startAcme,
} from '../../../../test/support/fake-github/connection';
import { loopbackEgress } from '../../../../test/support/fake-vendor/connection';
import { GitHubClient } from '../vendors/github/client';
import { readPullRequest } from './pull-requests';

describe('readPullRequest', () => {
  let github: FakeGitHub;
  let egress: EgressClient;

  const read = (pullRequestNumber = PULL_REQUEST) => {
    const { integration, deps } = connect(github, egress, { config: { appId: String(APP_ID) } });
    const pullRequest = { owner: OWNER, repository: REPOSITORY, pullRequestNumber };
    return readPullRequest(new GitHubClient(integration, deps), pullRequest, AbortSignal.timeout(60_000));
  };
  const answering = (body: string) => {
    github.inject({ when: ({ path }) => path.endsWith('/pulls/7'), processed: false, reply: { status: 200, body } });
  };

  beforeAll(async () => {
    egress = loopbackEgress();
    github = await startAcme();
  });
  afterEach(() => {
    github.reset();
    expect(github.violations).toEqual([]);
  });
  afterAll(async () => {
    await egress.close();
    await github.stop();
  });

  it('returns the head of an open pull request', async () => {
    expect(await read()).toEqual({ headSha: HEAD_SHA, state: 'open', draft: false, locked: false });
  });

  it('returns closed, draft and locked', async () => {
    Object.assign(github.pull(OWNER, REPOSITORY, PULL_REQUEST), { state: 'closed', draft: true, locked: true });

    expect(await read()).toEqual({ headSha: HEAD_SHA, state: 'closed', draft: true, locked: true });
  });

  it('takes fields that an old Enterprise Server does not return as false', async () => {
    answering(JSON.stringify({ id: 1, state: 'open', head: { sha: HEAD_SHA } }));

    expect(await read()).toMatchObject({ draft: false, locked: false });
  });

  it('reports a missing pull request', async () => {
    await expect(read(8)).rejects.toMatchObject({ code: 'not_found_or_no_access' });
  });

  it('rejects an answer without a head', async () => {
    answering('{"id":1,"state":"open"}');

    await expect(read()).rejects.toMatchObject({ code: 'provider_unavailable', transient: true });
  });
});
