import { ScmCommentRequest, ScmStatusRequest } from '@integrations/contracts';
import { type EgressClient, ProviderError, Secret } from '@integrations/provider-kit';
import {
  ACCESS_TOKEN,
  API_TOKEN,
  connect,
  CONSUMER,
  HEAD_SHA,
  OWNER,
  PULL_REQUEST,
  REPOSITORY,
  startAcme,
} from '../../../../test/support/fake-bitbucket-cloud/connection';
import type { FakeBitbucketCloud } from '../../../../test/support/fake-bitbucket-cloud/index';
import { loopbackEgress } from '../../../../test/support/fake-vendor/connection';
import { apiOf, tokenUrlOf, webOf } from './addresses';
import { bitbucketAnnotations } from './annotations';
import { budget, counts } from './budget';
import { BitbucketClient } from './client';
import { type Authentication, BitbucketCloudConfig } from './config';
import { loginOf } from './login';
import { createBitbucketCloudPlugin } from './plugin';

const { signal } = new AbortController();
const context = { operationId: 'op', upsertKey: 'sast', signal };
const place = { owner: OWNER, repository: REPOSITORY };
const onPull = { ...place, pullRequestNumber: PULL_REQUEST };
const request = Object.assign(new ScmCommentRequest(), { ...onPull, body: 'Two findings.' });

describe('BitbucketClient', () => {
  let bitbucket: FakeBitbucketCloud;
  let egress: EgressClient;

  const connection = (authentication: Authentication, secret: string, endpoint = bitbucket.url) => {
    const config = Object.assign(new BitbucketCloudConfig(), { authentication });
    const { integration, deps, credential } = connect(bitbucket, egress, { config, secret, endpoint });
    const open = () => bitbucketAnnotations(new BitbucketClient(integration, deps));
    return { credential, open };
  };
  const paths = () => bitbucket.requests.map(({ method, path }) => `${method} ${path}`);

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

  it.each([
    ['access_token', ACCESS_TOKEN],
    ['api_token', API_TOKEN],
    ['oauth_consumer', CONSUMER],
    // Secret stores and editors end files with a line break.
    ['api_token', `${API_TOKEN}\n`],
  ] as const)('works with a credential of the kind %s', async (authentication, secret) => {
    const { open } = connection(authentication, secret);

    expect(await open().postComment(request, context)).toMatchObject({ outcome: 'created' });
    expect(await open().postComment(request, context)).toMatchObject({ outcome: 'unchanged' });
  });

  it('requests an access token once, and another one when Bitbucket no longer accepts it', async () => {
    const { open } = connection('oauth_consumer', CONSUMER);
    await open().postComment(request, context);
    await open().postComment(request, context);
    expect(paths().filter((path) => path.endsWith('/access_token'))).toHaveLength(1);
    bitbucket.revokeMinted();

    expect(await open().postComment(request, context)).toMatchObject({ outcome: 'unchanged' });
    expect(paths().filter((path) => path.endsWith('/access_token'))).toHaveLength(2);
  });

  it('reports a wrong OAuth consumer', async () => {
    const posting = connection('oauth_consumer', 'key:wrong-secret').open().postComment(request, context);

    await expect(posting).rejects.toMatchObject({ code: 'unauthenticated', transient: false });
    await expect(posting).rejects.toThrow(/OAuth consumer/);
  });

  it('asks the store once more when a consumer gets no token, and continues with a new one', async () => {
    const { open, credential } = connection('oauth_consumer', 'key:wrong-secret');
    await expect(open().postComment(request, context)).rejects.toMatchObject({ code: 'unauthenticated' });
    expect(credential).toMatchObject({ resolved: 2, forgotten: 1 });
    expect(bitbucket.requests).toHaveLength(1);

    const renewing = connection('oauth_consumer', 'key:wrong-secret');
    renewing.credential.replacement = CONSUMER;
    expect(await renewing.open().postComment(request, context)).toMatchObject({ outcome: 'created' });
  });

  it('asks the store once more after a 401, and stops if the credential is the same', async () => {
    const { open, credential } = connection('access_token', 'ATCTT3xStale0123456789');

    await expect(open().postComment(request, context)).rejects.toMatchObject({ code: 'unauthenticated' });
    expect(credential).toMatchObject({ resolved: 2, forgotten: 1 });
    expect(bitbucket.requests).toHaveLength(1);
  });

  it('continues with an access token that was replaced in its store', async () => {
    const { open, credential } = connection('access_token', 'ATCTT3xStale0123456789');
    credential.replacement = ACCESS_TOKEN;

    expect(await open().postComment(request, context)).toMatchObject({ outcome: 'created' });
    expect(credential).toMatchObject({ resolved: 2, forgotten: 1 });
  });

  it.each([
    ['access_token', 'ATBBabcdef'],
    ['api_token', 'scan-bot:ATBBabcdef'],
    ['api_token', 'scan-bot:x7Kq29LmNp45RsTv81Wz'],
    ['oauth_consumer', 'scan-bot:ATBBabcdef'],
  ] as const)(
    'does not send an app password, and explains that they were abolished: %s',
    async (authentication, secret) => {
      const posting = connection(authentication, secret).open().postComment(request, context);

      await expect(posting).rejects.toThrow(/app password.*since 2026.*API token/);
      await expect(posting).rejects.toMatchObject({ probeCode: 'credential_disabled' });
      expect(bitbucket.requests).toEqual([]);
    },
  );

  it.each([
    ['access_token', 'name:value'],
    ['access_token', ' '],
    ['api_token', 'ATATT3xAlone'],
    ['oauth_consumer', 'key:'],
  ] as const)('does not quote a secret that is not of the kind %s: %j', (kind, text) => {
    expect(() => loginOf(new Secret(text), kind)).toThrow(ProviderError);
    expect(() => loginOf(new Secret(text), kind)).toThrow(
      /^The secret is not what config.authentication says: [^'"]*$/,
    );
  });

  it('names the scopes that Bitbucket requires', async () => {
    bitbucket.token(ACCESS_TOKEN).scopes = ['repository'];
    const posting = connection('access_token', ACCESS_TOKEN).open().postComment(request, context);

    await expect(posting).rejects.toMatchObject({ code: 'permission_missing' });
    await expect(posting).rejects.toThrow(/403 .*\(needed: pullrequest\)/);
  });

  it('passes on the wait of a 429, or a minute by default', async () => {
    const status = Object.assign(new ScmStatusRequest(), {
      ...{ ...place, commitSha: HEAD_SHA, state: 'success', context: 'scan' },
    });
    const post = () => connection('access_token', ACCESS_TOKEN).open().postStatus(status, context);
    const limited = { status: 429, body: '<html>Rate limit for this resource has been exceeded</html>' };
    bitbucket.inject({ when: () => true, processed: false, reply: limited });
    await expect(post()).rejects.toMatchObject({ code: 'rate_limited', retryAfterMs: 60_000 });
    bitbucket.inject({ when: () => true, processed: false, reply: { ...limited, headers: { 'retry-after': '9' } } });
    await expect(post()).rejects.toMatchObject({ code: 'rate_limited', retryAfterMs: 9_000 });
  });

  it('returns the full head of a pull request, also after its branch was deleted', async () => {
    const pullRequest = bitbucket.pullRequest(OWNER, REPOSITORY, PULL_REQUEST);
    const { open } = connection('access_token', ACCESS_TOKEN);
    expect(await open().readPullRequest(onPull, signal)).toEqual({
      ...{ headSha: HEAD_SHA, state: 'open', draft: false, locked: false },
    });
    Object.assign(pullRequest, { state: 'MERGED', draft: true, branchExists: false });

    expect(await open().readPullRequest(onPull, signal)).toMatchObject({
      headSha: HEAD_SHA,
      state: 'closed',
      draft: true,
    });
  });

  it('reports that the fork of a pull request was deleted, which is no outage', async () => {
    bitbucket.pullRequest(OWNER, REPOSITORY, PULL_REQUEST).sourceExists = false;

    await expect(connection('access_token', ACCESS_TOKEN).open().readPullRequest(onPull, signal)).rejects.toMatchObject(
      { code: 'not_found_or_no_access', transient: false, message: expect.stringMatching(/such as a fork/) },
    );
  });

  it('limits requests per hour, and counts reads as well as writes', () => {
    const config = Object.assign(new BitbucketCloudConfig(), { requestsPerHour: 4_000 });
    const integration = { integrationId: 'i', tenantId: 't', endpoint: 'https://api.bitbucket.org', config };
    expect(budget(integration)).toEqual({ account: null, limits: { request: [{ max: 3_950, perMs: 3_600_000 }] } });
    expect(counts('/repositories/acme/shop/pullrequests/7')).toBe(true);
    expect(counts('/user')).toBe(false);
  });

  it('knows its addresses, and calls no others', () => {
    const { serves, origins } = createBitbucketCloudPlugin();
    const at = (endpoint: string) => ({
      integrationId: 'i',
      tenantId: 't',
      endpoint,
      config: new BitbucketCloudConfig(),
    });
    expect(serves!(at('https://api.bitbucket.org'))).toEqual(['bitbucket.org', 'ssh://altssh.bitbucket.org']);
    expect(origins!(at('https://api.bitbucket.org'))).toEqual(['https://bitbucket.org']);
    expect(tokenUrlOf('https://api.bitbucket.org')).toBe('https://bitbucket.org/site/oauth2/access_token');
    expect(['', '/', '/2.0', '/2.0/'].map((end) => apiOf(`https://api.bitbucket.org${end}`))).toEqual(
      Array(4).fill('https://api.bitbucket.org/2.0'),
    );
    expect(webOf('https://api.bitbucket.org.evil.example')).toBe('https://api.bitbucket.org.evil.example');
  });
});
