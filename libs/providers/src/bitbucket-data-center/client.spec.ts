import { ScmCommentRequest } from '@integrations/contracts';
import { type EgressClient, ProviderError } from '@integrations/provider-kit';
import {
  connect,
  OWNER,
  PERSONAL,
  PULL_REQUEST,
  REPOSITORY,
  startAcme,
  TOKEN,
} from '../../../../test/support/fake-bitbucket-data-center/connection';
import type {
  FakeBitbucketDataCenter,
  FakeBitbucketOptions,
} from '../../../../test/support/fake-bitbucket-data-center/index';
import { loopbackEgress } from '../../../../test/support/fake-vendor/connection';
import { baseOf, webHosts } from './addresses';
import { bitbucketAnnotations } from './annotations';
import { budget, kindOf, pauseMs, waitMs } from './budget';
import { BitbucketClient } from './client';
import { BitbucketDataCenterConfig } from './config';
import { bitbucketDiscovery } from './discovery';
import { isSince } from './version';

const { signal } = new AbortController();
const context = { operationId: 'op', upsertKey: 'sast', signal };
const request = Object.assign(new ScmCommentRequest(), {
  ...{ owner: OWNER, repository: REPOSITORY, pullRequestNumber: PULL_REQUEST, body: 'Two findings.' },
});

describe('BitbucketClient', () => {
  let bitbucket: FakeBitbucketDataCenter;
  let egress: EgressClient;

  const at = async (options: Partial<FakeBitbucketOptions> = {}) => (bitbucket = await startAcme(options));
  const connection = (token = TOKEN, endpoint = bitbucket.url) => {
    const config = new BitbucketDataCenterConfig();
    const { integration, deps, credential } = connect(bitbucket, egress, { config, token, endpoint });
    return { credential, client: new BitbucketClient(integration, deps) };
  };
  const comment = (client: BitbucketClient, more: Partial<ScmCommentRequest> = {}) =>
    bitbucketAnnotations(client).postComment(Object.assign(new ScmCommentRequest(), { ...request, ...more }), context);

  beforeAll(() => (egress = loopbackEgress()));
  afterEach(() => bitbucket?.stop());
  afterAll(() => egress.close());

  it.each(['', '/', '/rest', '/rest/api/latest', '/rest/api/1.0/'])(
    'accepts an endpoint that ends in "%s"',
    async (end) => {
      await at({ basePath: '/bitbucket' });

      expect(await comment(connection(TOKEN, `${bitbucket.url}${end}`).client)).toMatchObject({
        url: expect.stringContaining('/bitbucket/projects/ACME/repos/shop/pull-requests/7/overview?commentId='),
      });
    },
  );

  it('posts in personal repositories', async () => {
    await at();

    expect(await comment(connection().client, { owner: PERSONAL, repository: 'tools' })).toMatchObject({
      outcome: 'created',
      url: expect.stringContaining(`${bitbucket.url}/users/alice/repos/tools/pull-requests/7/`),
    });
    expect(bitbucket.pullRequest(PERSONAL, 'tools', PULL_REQUEST).comments).toHaveLength(1);
  });

  it('asks the store once more after a 401, and stops if the token is the same', async () => {
    await at();
    const { client, credential } = connection('stale-0123456789');

    await expect(comment(client)).rejects.toMatchObject({ code: 'unauthenticated', transient: false });
    expect(credential).toMatchObject({ resolved: 2, forgotten: 1 });
    expect(bitbucket.requests).toHaveLength(1);
  });

  it('continues with a token that was replaced in its store', async () => {
    await at();
    const { client, credential } = connection('stale-0123456789');
    credential.replacement = TOKEN;

    expect(await comment(client)).toMatchObject({ outcome: 'created' });
    expect(credential).toMatchObject({ resolved: 2, forgotten: 1 });
  });

  it('takes a 401 for an authenticated user as a missing permission, not a refused token', async () => {
    await at();
    bitbucket.world.repository(OWNER, REPOSITORY).permission = null;
    const { client, credential } = connection();

    await expect(comment(client)).rejects.toMatchObject({ code: 'permission_missing', transient: false });
    expect(credential.forgotten).toBe(0);
  });

  it('does not send the token of a locked account again', async () => {
    await at();
    bitbucket.token(TOKEN).locked = true;
    const { client, credential } = connection();

    await expect(comment(client)).rejects.toThrow(/locked until a person .* CAPTCHA/);
    expect(credential).toMatchObject({ resolved: 1, forgotten: 0 });
  });

  it('reports that an archived repository is read-only', async () => {
    await at();
    bitbucket.world.repository(OWNER, REPOSITORY).archived = true;

    await expect(comment(connection().client)).rejects.toMatchObject({
      ...{ code: 'permission_missing', message: expect.stringContaining('archived') },
    });
  });

  it("does not quote Bitbucket's messages", async () => {
    await at();
    const body = '{"errors":[{"context":null,"message":"s3cret","exceptionName":"com.example.Odd"}]}';
    bitbucket.inject({ when: () => true, processed: false, reply: { status: 418, body } });
    const failure = await comment(connection().client).catch((error: unknown) => error);

    expect(failure).toBeInstanceOf(ProviderError);
    expect((failure as ProviderError).message).not.toContain('s3cret');
  });

  it("keeps to the administrator's rate limit, and pauses when the bucket is empty", () => {
    const integration = { integrationId: 'i', tenantId: 't', endpoint: 'https://git.example/bitbucket' };
    const config = Object.assign(new BitbucketDataCenterConfig(), { requestsPerSecond: 5 });
    expect(budget({ ...integration, config }).limits).toEqual({ write: [{ max: 10, perMs: 5_000 }] });
    expect(budget({ ...integration, config: new BitbucketDataCenterConfig() }).limits).toEqual({});
    expect([kindOf('GET'), kindOf('POST'), kindOf('DELETE')]).toEqual([null, 'write', 'write']);
    expect(pauseMs({ 'x-ratelimit-remaining': '0', 'x-ratelimit-interval-seconds': '2' })).toBe(2_000);
    expect(pauseMs({ 'x-ratelimit-remaining': '1' })).toBeNull();
    expect(waitMs({ 'retry-after': '3', 'x-ratelimit-interval-seconds': '2' }, 0)).toBe(3_000);
    expect(waitMs({}, 0)).toBe(1_000);
  });

  it('knows where its repositories are, and which version is newer', () => {
    expect(webHosts('https://git.example:8443/bitbucket/rest/api/latest/')).toEqual([
      'git.example:8443/bitbucket',
      'ssh://git.example',
    ]);
    expect(webHosts('https://git.example:8443')).toEqual(['git.example:8443']);
    expect(baseOf('https://git.example/')).toBe('https://git.example');
    expect(['7.4.0', '7.14.1', '8.0', 'unknown'].map((version) => isSince(version, '7.14'))).toEqual([
      ...[false, true, true, true],
    ]);
  });

  it('lists the repositories that the token may read, page by page, also if a search skips most', async () => {
    const slugs = Array.from({ length: 600 }, (_, index) => `repo-${index}`);
    await at({ repositories: slugs.map((slug) => ({ projectKey: 'BIG', slug })) });
    const { repositories } = bitbucketDiscovery(connection().client);
    const found: string[] = [];
    for (let cursor: string | null = null; ;) {
      const page = await repositories!({ limit: 100, cursor, q: 'big/repo-5' }, signal);
      found.push(...page.items.map(({ name }) => name));
      cursor = page.nextCursor;
      if (cursor === null) break;
    }
    expect(found).toEqual(slugs.filter((slug) => slug.startsWith('repo-5')));
  });
});
