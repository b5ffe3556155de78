import { ScmCommentRequest } from '@integrations/contracts';
import { type EgressClient, ProviderError } from '@integrations/provider-kit';
import {
  connect,
  JOB_TOKEN,
  MERGE_REQUEST,
  OWNER,
  PROJECT,
  REPOSITORY,
  startAcme,
  TOKEN,
} from '../../../../test/support/fake-gitlab/connection';
import { loopbackEgress } from '../../../../test/support/fake-vendor/connection';
import type { FakeGitLab, FakeGitLabOptions } from '../../../../test/support/fake-gitlab/index';
import { instanceOf, webHosts } from '../vendors/gitlab/addresses';
import { gitlabAnnotations } from './annotations';
import { kindOf, pauseMs } from '../vendors/gitlab/pacing';
import type { TokenHeader } from '../vendors/gitlab/transport';
import { budget } from './budget';
import { GitLabClient } from '../vendors/gitlab/client';
import { GitLabConfig } from './config';
import { gitlabDiscovery } from './discovery';

const { signal } = new AbortController();
const context = { operationId: 'op', upsertKey: 'sast', signal };
const request = Object.assign(new ScmCommentRequest(), {
  ...{ owner: OWNER, repository: REPOSITORY, pullRequestNumber: MERGE_REQUEST, body: 'Two findings.' },
});

describe('GitLabClient', () => {
  let gitlab: FakeGitLab;
  let egress: EgressClient;

  const at = async (options: Partial<FakeGitLabOptions> = {}) => {
    gitlab = await startAcme(options);
    return gitlab;
  };
  const connection = (tokenHeader: TokenHeader = 'PRIVATE-TOKEN', token = TOKEN, endpoint = gitlab.url) => {
    const config = Object.assign(new GitLabConfig(), { tokenHeader });
    const { integration, deps, credential } = connect(gitlab, egress, { config, token, endpoint });
    return {
      credential,
      client: new GitLabClient(integration, deps),
      again: () => new GitLabClient(integration, deps),
    };
  };
  const comment = (client: GitLabClient, body = 'Two findings.', fields: Partial<ScmCommentRequest> = {}) =>
    gitlabAnnotations(client).postComment({ ...request, body, ...fields }, context);

  beforeAll(() => (egress = loopbackEgress()));
  afterEach(() => gitlab?.stop());
  afterAll(() => egress.close());

  it.each(['refuse', 'decode'] as const)(
    'finds a project by its number if a proxy does "%s" to slashes, and caches the number',
    async (slashes) => {
      await at({ slashes, basePath: '/gitlab' });
      const { client, again } = connection();
      expect(await comment(client)).toMatchObject({ outcome: 'created' });
      gitlab.requests.length = 0;
      expect(await comment(again())).toMatchObject({ outcome: 'unchanged' });
      expect(gitlab.requests.filter(({ path }) => path.includes('%2F'))).toEqual([]);
    },
  );

  it('follows a project that has moved, and caches its number', async () => {
    await at();
    gitlab.world.move(PROJECT, 'acme/store');
    const { client, again } = connection();
    expect(await comment(client)).toMatchObject({ outcome: 'created' });
    gitlab.requests.length = 0;
    expect(await comment(again())).toMatchObject({ outcome: 'unchanged' });
    expect(gitlab.requests.filter(({ path }) => path.includes('%2F'))).toEqual([]);
  });

  it('does not search for a project that GitLab itself reports as missing', async () => {
    await at();
    const posting = gitlabAnnotations(connection().client).postComment({ ...request, repository: 'none' }, context);

    await expect(posting).rejects.toMatchObject({ code: 'not_found_or_no_access' });
    expect(gitlab.requests.map(({ path }) => path)).not.toContain('/projects');
  });

  it.each(['', '/', '/api/v4', '/api/v4/'])('accepts an endpoint that ends in "%s"', async (end) => {
    await at({ basePath: '/gitlab' });

    expect(await comment(connection('Authorization', TOKEN, `${gitlab.url}${end}`).client)).toMatchObject({
      url: expect.stringContaining(`/gitlab/${PROJECT}/-/merge_requests/7#note_`),
    });
  });

  it('asks the store once more after a 401, and stops if the token is the same', async () => {
    await at();
    const { client, credential } = connection('PRIVATE-TOKEN', 'stale-0123456789');

    await expect(comment(client)).rejects.toMatchObject({ code: 'unauthenticated', transient: false });
    expect(credential).toMatchObject({ resolved: 2, forgotten: 1 });
    expect(gitlab.requests).toHaveLength(1);
  });

  it('continues with a token that was replaced in its store', async () => {
    await at();
    const { client, credential } = connection('PRIVATE-TOKEN', 'stale-0123456789');
    credential.replacement = TOKEN;

    expect(await comment(client)).toMatchObject({ outcome: 'created' });
    expect(credential).toMatchObject({ resolved: 2, forgotten: 1 });
  });

  it.each([
    ['GET', '<html><head><title>Just a moment...</title></head></html>', 'asks for a browser'],
    ['POST', '{"message":"You cannot perform write operations on a read-only instance"}', 'in maintenance'],
  ])('does not take a 403 to a %s with %s for a missing permission', async (asked, body, why) => {
    await at();
    gitlab.inject({ when: ({ method }) => method === asked, processed: false, reply: { status: 403, body } });

    const message = expect.stringContaining(why) as unknown;
    const failure = { code: 'provider_unavailable', transient: true, message };
    await expect(comment(connection().client)).rejects.toMatchObject(failure);
  });

  it('names the scope that GitLab requires', async () => {
    await at();
    gitlab.token(TOKEN).scopes = ['read_api'];

    await expect(comment(connection().client)).rejects.toThrow(/403 .*\(needed: api\)/);
  });

  it('updates the comment with the given id only if it is its own', async () => {
    await at();
    const { client } = connection();
    const { commentId } = await comment(client);
    const { notes } = gitlab.addForeignNote(PROJECT, MERGE_REQUEST, 'Hello');
    expect(await comment(client, 'All fixed.', { commentId })).toMatchObject({ outcome: 'updated', commentId });

    for (const id of [String(notes[0]!.id), 'abc', `${commentId}/award_emoji`, `../notes/${commentId}`]) {
      const message = expect.stringMatching(/^commentId: /) as unknown;
      const posting = comment(client, 'Mine.', { commentId: id });
      await expect(posting).rejects.toMatchObject({ code: 'invalid_request', message });
    }
    expect(gitlab.notes(PROJECT, MERGE_REQUEST)).toEqual([expect.stringMatching(/^All fixed\./), 'Hello']);
  });

  it('defuses quick actions, wherever the slash comes from', async () => {
    await at();
    await comment(
      connection().client,
      '/merge\n\u0000/close\n\r/approve\n/\r\rclose\n```\n/assign me\n```\nsee /merge',
    );

    expect(gitlab.notes(PROJECT, MERGE_REQUEST)[0]).toMatch(
      /^ \/merge\n \/close\n \/approve\n \/close\n```\n \/assign me\n```\nsee \/merge\n\n<!-- integrations:[0-9a-f]{32} -->$/,
    );
  });

  it('refuses locally what a CI job token may not do, and reads what it may', async () => {
    await at();
    const annotations = gitlabAnnotations(connection('JOB-TOKEN', JOB_TOKEN).client);
    const pullRequest = { owner: OWNER, repository: REPOSITORY, pullRequestNumber: MERGE_REQUEST };
    const inline = { ...pullRequest, headSha: 'a'.repeat(40), comments: [], outdated: 'keep' } as const;
    const discovery = gitlabDiscovery(connection('JOB-TOKEN', JOB_TOKEN).client);
    for (const refused of [
      annotations.postComment(request, context),
      annotations.postInlineComments(inline, context),
      discovery.repositories!({ limit: 1, cursor: null, q: null }, signal),
    ]) {
      await expect(refused).rejects.toMatchObject({ code: 'permission_missing', transient: false });
    }
    expect(() => annotations.preview({ operation: 'comment', request }, context)).toThrow(ProviderError);
    expect(gitlab.requests).toEqual([]);
    expect(await annotations.readPullRequest(pullRequest, signal)).toMatchObject({ state: 'open', draft: false });
  });

  it('keeps to the limits of the instance, and pauses before they are exhausted', () => {
    const integration = { integrationId: 'i', tenantId: 't', config: new GitLabConfig() };
    const notes = (endpoint: string, config = new GitLabConfig()) =>
      budget({ ...integration, endpoint, config }).limits['note']![0]!.max;
    expect(notes('https://gitlab.com')).toBe(60);
    expect(notes('https://gitlab.com.evil.example')).toBe(300);
    expect(notes('https://git.example/gitlab', Object.assign(new GitLabConfig(), { notesPerMinute: 20 }))).toBe(20);
    expect(kindOf('POST', '/projects/1/merge_requests/7/notes')).toBe('note');
    expect(kindOf('PUT', '/projects/1/merge_requests/7/notes/3')).toBe('write');
    expect(kindOf('GET', '/projects/1/merge_requests/7/notes')).toBeNull();
    expect(pauseMs({ 'ratelimit-remaining': '12', 'ratelimit-reset': '1010' }, 1_000_000)).toBe(11_000);
    expect(pauseMs({ 'ratelimit-remaining': '120', 'ratelimit-reset': '1010' }, 1_000_000)).toBeNull();
  });

  it('knows where its repositories are', () => {
    expect(webHosts('https://gitlab.com')).toEqual(['gitlab.com', 'ssh://altssh.gitlab.com']);
    expect(webHosts('https://git.example:8443/gitlab/api/v4/')).toEqual([
      'git.example:8443/gitlab',
      'ssh://git.example',
    ]);
    expect(instanceOf('https://gitlab.com/')).toBe('https://gitlab.com');
  });
});
