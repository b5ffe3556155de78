import { ScmCheckRunRequest, ScmCommentRequest } from '@integrations/contracts';
import type { EgressClient } from '@integrations/provider-kit';
import {
  added,
  connect,
  HEAD_SHA,
  OWNER,
  PULL_REQUEST,
  REPOSITORY,
  startAcme,
  TOKEN,
} from '../../../../test/support/fake-gitea/connection';
import type { FakeGitea } from '../../../../test/support/fake-gitea/index';
import { loopbackEgress } from '../../../../test/support/fake-vendor/connection';
import { instanceOf, webHosts } from './addresses';
import { giteaAnnotations } from './annotations';
import { budget } from './budget';
import { GiteaClient } from './client';
import { GiteaConfig } from './config';
import { giteaDiscovery } from './discovery';

const { signal } = new AbortController();
const context = { operationId: 'op', upsertKey: 'sast', signal };
const place = { owner: OWNER, repository: REPOSITORY };

describe('GiteaClient', () => {
  let gitea: FakeGitea;
  let egress: EgressClient;

  const connection = (token = TOKEN, endpoint = gitea.url) => {
    const { integration, deps, credential } = connect(gitea, egress, { config: new GiteaConfig(), token, endpoint });
    const client = new GiteaClient(integration, deps);
    return { credential, annotations: giteaAnnotations(client), discovery: giteaDiscovery(client) };
  };
  const comment = (fields: Partial<ScmCommentRequest> = {}, { annotations } = connection()) => {
    const onPull = { ...place, pullRequestNumber: PULL_REQUEST, body: 'Two findings.' };
    return annotations.postComment(Object.assign(new ScmCommentRequest(), { ...onPull, ...fields }), context);
  };
  const pull = () => gitea.pull(OWNER, REPOSITORY, PULL_REQUEST);

  beforeAll(async () => {
    egress = loopbackEgress();
    gitea = await startAcme({ basePath: '/git', diff: added('src/a.ts', 20) });
  });
  afterEach(() => {
    expect(gitea.violations).toEqual([]);
    gitea.reset();
  });
  afterAll(async () => {
    await egress.close();
    await gitea.stop();
  });

  it.each(['', '/', '/api/v1', '/api/v1/'])('accepts an endpoint that ends in "%s"', async (end) => {
    const { outcome, url } = await comment({}, connection(TOKEN, `${gitea.url}${end}`));

    expect(outcome).toBe('created');
    expect(url).toMatch(new RegExp(`^${gitea.url}/acme/shop/pulls/7#issuecomment-\\d+$`));
  });

  it.each([false, true])('asks the store once more for an unknown token: %s', async (requiresSignIn) => {
    gitea.world.requiresSignIn = requiresSignIn;
    const wrong = connection('stale-0123456789');

    await expect(comment({}, wrong)).rejects.toMatchObject({ code: 'unauthenticated', transient: false });
    expect(wrong.credential).toMatchObject({ resolved: 2, forgotten: 1 });
    expect(gitea.requests).toHaveLength(1);
  });

  it('continues with a token that was replaced in its store', async () => {
    const replaced = connection('stale-0123456789');
    replaced.credential.replacement = TOKEN;

    expect(await comment({}, replaced)).toMatchObject({ outcome: 'created' });
    expect(replaced.credential).toMatchObject({ resolved: 2, forgotten: 1 });
  });

  it.each([true, false])(
    "names the required scope, also if Gitea does not list the token's scopes: %s",
    async (tellsScopes) => {
      gitea.world.tellsScopes = tellsScopes;
      gitea.token(TOKEN).scopes = ['read:user', 'read:issue', 'read:repository'];

      await expect(comment()).rejects.toThrow(/403 .*\(needed: write:issue\)/);
    },
  );

  it('reports a missing pull request, for which Gitea itself would answer 500', async () => {
    await expect(comment({ pullRequestNumber: 99 })).rejects.toMatchObject({ code: 'not_found_or_no_access' });
  });

  it('reports a locked conversation', async () => {
    pull().locked = true;
    gitea.world.repository(OWNER, REPOSITORY).writable = false;

    await expect(comment()).rejects.toMatchObject({ code: 'locked', transient: false });
  });

  it('reports an archived repository', async () => {
    gitea.world.repository(OWNER, REPOSITORY).archived = true;

    await expect(comment()).rejects.toMatchObject({ code: 'permission_missing', transient: false });
  });

  it('updates a comment by id only if it is our own on this pull request', async () => {
    const { commentId } = await comment();
    expect(await comment({ commentId, body: 'All fixed.' })).toMatchObject({ outcome: 'updated', commentId });
    const foreign = gitea.addForeignComment(pull(), 'Hello');

    for (const [id, pullRequestNumber] of [
      [String(foreign.id), PULL_REQUEST],
      [commentId, 8],
      ['abc', PULL_REQUEST],
      [`${commentId}/reactions`, PULL_REQUEST],
      [`../comments/${commentId}`, PULL_REQUEST],
    ] as const) {
      const posting = comment({ commentId: id, pullRequestNumber });
      const message = expect.stringMatching(/^commentId: /) as unknown;
      await expect(posting).rejects.toMatchObject({ code: 'invalid_request', message });
    }
    expect(foreign.body).toBe('Hello');
  });

  it('refuses the id of an inline comment or event, for which Gitea answers with an empty body', async () => {
    const remark = { fingerprint: 'f', path: 'src/a.ts', startLine: 2, endLine: 2, body: 'Look here.' };
    const remarks = { ...place, pullRequestNumber: PULL_REQUEST, headSha: HEAD_SHA, comments: [remark] };
    await connection().annotations.postInlineComments({ ...remarks, outdated: 'keep' }, context);
    const { id } = pull().reviews[0]!.comments[0]!;

    const posting = comment({ commentId: String(id) });
    await expect(posting).rejects.toMatchObject({ code: 'invalid_request', transient: false });
  });

  it('ignores a copied marker', async () => {
    await comment();
    gitea.addForeignComment(pull(), pull().comments.splice(0)[0]!.body);

    expect(await comment()).toMatchObject({ outcome: 'created' });
  });

  it.each([
    [{ draft: true }, { state: 'open', draft: true }],
    [
      { draft: undefined as never, title: 'WIP: better' },
      { draft: true, locked: false },
    ],
    [{ state: 'closed', locked: true } as const, { state: 'closed', draft: false, locked: true }],
  ])('reads a pull request: %j', async (is, expected) => {
    Object.assign(pull(), is);
    const { annotations } = connection();

    const facts = await annotations.readPullRequest({ ...place, pullRequestNumber: PULL_REQUEST }, signal);
    expect(facts).toMatchObject({ headSha: HEAD_SHA, ...expected });
  });

  it.each([
    [429, {}, { code: 'rate_limited', retryAfterMs: 60_000 }],
    [429, { 'retry-after': '9' }, { code: 'rate_limited', retryAfterMs: 9_000 }],
    [503, { 'retry-after': '9' }, { code: 'provider_unavailable', retryAfterMs: 9_000 }],
    [503, {}, { code: 'provider_unavailable', retryAfterMs: undefined }],
    [418, {}, { code: 'invalid_request', transient: false }],
  ])('passes on the wait of a %i with %j, or a minute for a rate limit', async (status, headers, expected) => {
    gitea.inject({ when: () => true, processed: false, reply: { status, headers } });

    await expect(comment()).rejects.toMatchObject(expected);
  });

  it('posts only the status of a check run on a locked pull request', async () => {
    pull().locked = true;
    const annotations = [{ path: 'src/a.ts', startLine: 2, endLine: 2, annotationLevel: 'failure', message: 'eval' }];
    const run = { ...place, headSha: HEAD_SHA, name: 'scan', conclusion: 'failure', summary: 'One.', annotations };
    const request = Object.assign(new ScmCheckRunRequest(), run);
    const posted = await connection().annotations.createCheckRun(request, context);

    expect(posted).toMatchObject({ outcome: 'created', annotationsPosted: 0 });
    expect(gitea.statuses(OWNER, REPOSITORY, HEAD_SHA)).toMatchObject([{ state: 'failure', context: 'check: scan' }]);
    expect([...pull().comments, ...pull().reviews]).toEqual([]);
  });

  it("lists the user's repositories by id, and searches the owner as well", async () => {
    const { discovery } = connection();
    gitea.world.maxItems = 1;
    const first = await discovery.repositories!({ limit: 1, cursor: null, q: 'acme/' }, signal);
    const rest = await discovery.repositories!({ limit: 5, cursor: first.nextCursor, q: 'acme/' }, signal);

    expect(first.items).toMatchObject([{ owner: OWNER, name: REPOSITORY, visibility: 'private', archived: false }]);
    expect(rest).toMatchObject({ items: [{ name: 'handbook', visibility: 'internal' }], nextCursor: null });
    const foreign = discovery.repositories!({ limit: 1, cursor: 'x', q: null }, signal);
    await expect(foreign).rejects.toMatchObject({ code: 'invalid_request' });
  });

  it("uses the instance's configured limit, and knows where its repositories are", () => {
    const integration = { integrationId: 'i', tenantId: 't', endpoint: 'https://git.example' };
    const config = Object.assign(new GiteaConfig(), { writesPerMinute: 20 });

    expect(budget({ ...integration, config }).limits).toEqual({ write: [{ max: 20, perMs: 60_000 }] });
    expect(webHosts('https://codeberg.org')).toEqual(['codeberg.org']);
    expect(webHosts('https://git.example:8443/git/api/v1/')).toEqual(['git.example:8443/git', 'ssh://git.example']);
    expect(instanceOf('https://codeberg.org/')).toBe('https://codeberg.org');
  });
});
