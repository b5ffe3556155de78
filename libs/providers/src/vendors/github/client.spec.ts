import { createPrivateKey } from 'node:crypto';
import { inspect } from 'node:util';
import { type EgressClient, ProviderError } from '@integrations/provider-kit';
import { type FakeGitHub, type FaultReply, generateAppKey } from '../../../../../test/support/fake-github/index';
import {
  APP_ID,
  APP_KEY,
  connect,
  HEAD_SHA,
  INSTALLATION_ID,
  OWNER,
  REPOSITORY,
  startAcme,
} from '../../../../../test/support/fake-github/connection';
import { type FakeConnection, loopbackEgress } from '../../../../../test/support/fake-vendor/connection';
import { type AppAccess, GitHubClient, type Permission } from './client';
import { RepositoryClient } from './repository';

const signal = new AbortController().signal;
const scope = { owner: OWNER, repository: REPOSITORY, permission: 'statuses' as Permission };
const read = { method: 'GET', path: `/repos/${OWNER}/${REPOSITORY}/commits/${HEAD_SHA}/status` } as const;
const SETTLED = 10_000;

describe('GitHubClient', () => {
  let github: FakeGitHub;
  let egress: EgressClient;
  let connection: FakeConnection<AppAccess>;
  let client: GitHubClient;

  const open = (config: AppAccess = { appId: String(APP_ID) }, privateKey = APP_KEY.privateKey) => {
    connection = connect(github, egress, { config, privateKey });
    client = new GitHubClient(connection.integration, connection.deps);
  };
  const failure = async (work: Promise<unknown> = client.asInstallation(scope, read, signal)) => {
    const error = await work.then(
      () => new Error('it succeeded'),
      (thrown: unknown) => thrown,
    );
    expect(error).toBeInstanceOf(ProviderError);
    return error as ProviderError;
  };
  const paths = () => github.requests.map(({ method, path }) => `${method} ${path.replace(HEAD_SHA, 'SHA')}`);
  const mints = () => github.requests.filter(({ path }) => path.endsWith('/access_tokens'));

  beforeAll(async () => {
    egress = loopbackEgress();
    github = await startAcme();
  });
  beforeEach(() => open());
  afterEach(() => {
    expect(github.violations).toEqual([]);
    github.reset();
    github.gate.replaceKey(APP_KEY.publicKey);
  });
  afterAll(async () => {
    await egress.close();
    await github.stop();
  });

  describe('authentication', () => {
    it('finds the installation, mints one token and caches both', async () => {
      await client.asInstallation(scope, read, signal);
      await new GitHubClient(connection.integration, connection.deps).asInstallation(scope, read, signal);

      expect(paths()).toEqual([
        'GET /repos/acme/shop/installation',
        'POST /app/installations/42/access_tokens',
        'GET /repos/acme/shop/commits/SHA/status',
        'GET /repos/acme/shop/commits/SHA/status',
      ]);
    });

    it('does not look for the installation if one is configured', async () => {
      open({ appId: String(APP_ID), installationId: INSTALLATION_ID });
      await client.asInstallation(scope, read, signal);

      expect(paths()[0]).toBe('POST /app/installations/42/access_tokens');
    });

    it('mints once for concurrent calls', async () => {
      await Promise.all(Array.from({ length: 10 }, () => client.asInstallation(scope, read, signal)));

      expect(mints()).toHaveLength(1);
    });

    it('requests only the permissions of the operation, and caches such tokens separately', async () => {
      await client.asInstallation(scope, read, signal);
      await client.asInstallation(
        { ...scope, permission: 'checks' },
        { method: 'GET', path: read.path.replace('status', 'check-runs') },
        signal,
      );

      expect(mints().map(({ body }) => body)).toEqual([
        { permissions: { statuses: 'write' } },
        { permissions: { checks: 'write' } },
      ]);
    });

    it('accepts the client id of the app as well as its number', async () => {
      open({ appId: 'Iv23fake' });

      await expect(client.asInstallation(scope, read, signal)).resolves.toBeDefined();
    });

    it.each([
      ['PKCS#1', APP_KEY.privateKey],
      ['PKCS#8', createPrivateKey(APP_KEY.privateKey).export({ type: 'pkcs8', format: 'pem' }).toString()],
      ['one line with \\n in it', APP_KEY.privateKey.replaceAll('\n', '\\n')],
      ['CRLF line breaks', APP_KEY.privateKey.replaceAll('\n', '\r\n')],
    ])('reads a private key in %s', async (_, privateKey) => {
      open({ appId: String(APP_ID) }, privateKey);

      await expect(client.asInstallation(scope, read, signal)).resolves.toBeDefined();
    });

    it('keeps the tokens of two hosts apart, even with the same installation id', async () => {
      const other = await startAcme();
      const tokens = connection.deps.tokens;
      const there = connect(other, egress, { config: { appId: String(APP_ID) } });
      const second = new GitHubClient(there.integration, { ...there.deps, tokens });
      try {
        await Promise.all([client, second].map((one) => one.asInstallation(scope, read, signal)));
        expect(other.gate.issued).toHaveLength(1);
        expect(other.violations).toEqual([]);
      } finally {
        await other.stop();
      }
    });

    it('gives no token to one who knows the app, but not its key', async () => {
      await client.asInstallation(scope, read, signal);
      const { integration, deps } = connect(github, egress, {
        config: { appId: String(APP_ID), installationId: INSTALLATION_ID },
        privateKey: generateAppKey().privateKey,
      });
      const stranger = new GitHubClient(integration, { ...deps, tokens: connection.deps.tokens });

      const error = await failure(stranger.asInstallation(scope, read, signal));
      expect(error).toMatchObject({ code: 'unauthenticated' });
    });

    it('calls an Enterprise Server under its base path', async () => {
      const enterprise = await startAcme({ basePath: '/api/v3', rateLimit: null });
      const there = connect(enterprise, egress, { config: { appId: String(APP_ID) } });
      try {
        await new GitHubClient(there.integration, there.deps).asInstallation(scope, read, signal);
        expect(enterprise.requests.map(({ status }) => status)).toEqual([200, 201, 200]);
        expect(enterprise.violations).toEqual([]);
      } finally {
        await enterprise.stop();
      }
    });
  });

  describe('when the credential is refused', () => {
    it('replaces a revoked token once', async () => {
      await client.asInstallation(scope, read, signal);
      github.gate.revokeTokens();
      connection.advance(SETTLED);
      await client.asInstallation(scope, read, signal);

      expect(mints()).toHaveLength(2);
    });

    it('gives a new token five seconds to become known', async () => {
      github.inject({ when: ({ path }) => path === read.path, processed: false, reply: { status: 401 } });

      expect(await failure()).toMatchObject({ code: 'unauthenticated', transient: true });
      await client.asInstallation(scope, read, signal);
      expect(mints()).toHaveLength(1);
    });

    it('gives the replacement of a revoked token five seconds, too', async () => {
      await client.asInstallation(scope, read, signal);
      connection.advance(SETTLED);
      const reply = { status: 401 };
      github.inject({ when: ({ path }) => path === read.path, processed: false, times: 2, reply });

      expect(await failure()).toMatchObject({ code: 'unauthenticated', transient: true });
      expect(mints()).toHaveLength(2);
    });

    it('asks the store again for the key, and uses the new one', async () => {
      const renewed = generateAppKey();
      github.gate.replaceKey(renewed.publicKey);
      const { credential } = connection.deps;
      connection = {
        ...connection,
        deps: {
          ...connection.deps,
          credential: { ...credential, forget: () => void (connection.credential.secret = renewed.privateKey) },
        },
      };
      client = new GitHubClient(connection.integration, connection.deps);

      await expect(client.asInstallation(scope, read, signal)).resolves.toBeDefined();
    });

    it('does not send a refused key again', async () => {
      open({ appId: String(APP_ID) }, generateAppKey().privateKey);

      expect(await failure()).toMatchObject({ code: 'unauthenticated', transient: false });
      expect(github.requests).toHaveLength(1);
      expect(connection.credential).toMatchObject({ resolved: 2, forgotten: 1 });
    });

    it.each([
      ['nothing like a key', 'hunter2-hunter2'],
      [
        'an EC key',
        '-----BEGIN PRIVATE KEY-----\nMC4CAQAwBQYDK2VwBCIEIHcHbQpzGKV9PBbBclGyZkXfTC+H68CZKrF3+6UduSwq\n-----END PRIVATE KEY-----',
      ],
      ['a certificate', APP_KEY.publicKey],
    ])('explains which key is expected instead of %s, without quoting it', async (_, text) => {
      open({ appId: String(APP_ID) }, text);
      const error = await failure();

      expect(error).toMatchObject({ code: 'unauthenticated', transient: false });
      expect(error.message).toContain('RSA key in PEM');
      expect(inspect(error, { depth: 9 })).not.toContain(text.slice(0, 40));
      expect(github.requests).toEqual([]);
    });

    it.each([-7_200_000, -600_000, 600_000])("goes by GitHub's clock, which is %d ms ahead of ours", async (ms) => {
      const other = await startAcme({ clockOffsetMs: ms });
      const there = connect(other, egress, { config: { appId: String(APP_ID) } });
      const offset = new GitHubClient(there.integration, there.deps);
      const answer = await offset.asInstallation(scope, read, signal);
      await offset.asInstallation(scope, read, signal);
      await other.stop();

      expect(answer.response.status).toBe(200);
      expect(there.credential).toMatchObject({ forgotten: 0 });
      expect(other.gate.issued).toHaveLength(1);
    });

    it('names the clock whenever GitHub finds the times of the JWT wrong', async () => {
      const body = `{"message":"'Issued at' claim ('iat') must be an Integer"}`;
      github.inject({ when: () => true, processed: false, times: 2, reply: { status: 401, body } });
      const error = await failure();

      expect(error).toMatchObject({ code: 'unauthenticated' });
      expect(error.message).toContain('clock');
      expect(github.requests).toHaveLength(2);
    });
  });

  describe('when the installation has changed', () => {
    it('reports not_installed if GitHub knows no installation', async () => {
      const error = await failure(client.asInstallation({ ...scope, repository: 'elsewhere' }, { ...read }, signal));

      expect(error).toMatchObject({ code: 'not_installed', transient: false });
      expect(error.message).toContain('acme/elsewhere');
    });

    it('reports not_installed if the configured installation no longer exists', async () => {
      open({ appId: String(APP_ID), installationId: 43 });

      expect(await failure()).toMatchObject({ code: 'not_installed', transient: false });
    });

    it.each([
      ['whose token is cached', 'statuses', 'status'],
      ['that needs a token first', 'checks', 'check-runs'],
    ] as const)('follows an installation that was recreated, for a call %s', async (_, permission, list) => {
      await client.asInstallation(scope, read, signal);
      const old = github.world.installations.get(INSTALLATION_ID)!;
      github.world.installations.delete(INSTALLATION_ID);
      github.world.installations.set(99, { ...old, id: 99 });
      connection.advance(SETTLED);
      const call = { ...read, path: read.path.replace('status', list) };

      await expect(client.asInstallation({ ...scope, permission }, call, signal)).resolves.toBeDefined();
    });

    it('follows a repository that was transferred to another installation', async () => {
      await client.asInstallation(scope, read, signal);
      const from = github.world.installations.get(INSTALLATION_ID)!;
      github.world.installations.set(99, { ...from, id: 99, account: 'globex', repositories: new Map() });
      github.world.transfer(OWNER, REPOSITORY, 99);
      connection.advance(SETTLED);

      await expect(client.asInstallation(scope, read, signal)).resolves.toBeDefined();
    });

    it('reports a suspended installation', async () => {
      github.world.installations.get(INSTALLATION_ID)!.suspended = true;
      const error = await failure();

      expect(error).toMatchObject({ code: 'not_installed' });
      expect(error.message).toContain('suspended');
    });

    it('names the permission that the installation does not grant', async () => {
      github.world.installations.get(INSTALLATION_ID)!.permissions = { checks: 'write', metadata: 'read' };
      const error = await failure();

      expect(error).toMatchObject({ code: 'permission_missing', transient: false });
      expect(error.message).toContain('statuses:write');
    });

    it('names a permission that was withdrawn, and mints a new token once it is granted again', async () => {
      await client.asInstallation(scope, read, signal);
      const installation = github.world.installations.get(INSTALLATION_ID)!;
      const granted = installation.permissions;
      installation.permissions = { metadata: 'read' };
      connection.advance(SETTLED);
      const error = await failure();
      installation.permissions = granted;

      expect(error).toMatchObject({ code: 'permission_missing', transient: false });
      expect(error.message).toContain('statuses:write');
      await client.asInstallation(scope, read, signal);
      expect(mints()).toHaveLength(2);
    });
  });

  describe('the error for', () => {
    const inAMinute = () => String(Math.floor(Date.now() / 1000) + 60);
    const answer = (status: number, body = '', headers: Record<string, string> = {}): FaultReply => ({
      status,
      body,
      headers,
    });
    const page = '<html><body>Bad Gateway</body></html>';

    it.each<[string, () => FaultReply, Partial<ProviderError>]>([
      [
        '429 with seconds',
        () => answer(429, '', { 'retry-after': '7' }),
        { code: 'rate_limited', retryAfterMs: 7_000 },
      ],
      ['429 as plain text', () => answer(429, 'Retry later'), { code: 'rate_limited', retryAfterMs: 60_000 }],
      [
        '403 with Retry-After',
        () => answer(403, '', { 'retry-after': '9' }),
        { code: 'rate_limited', retryAfterMs: 9_000 },
      ],
      [
        '403 secondary limit',
        () => answer(403, '{"message":"You have exceeded a secondary rate limit."}'),
        { code: 'rate_limited', retryAfterMs: 60_000 },
      ],
      ['403 abuse page', () => answer(403, '<html>abuse detection mechanism</html>'), { code: 'rate_limited' }],
      [
        '422 submitted too quickly',
        () => answer(422, '{"message":"was submitted too quickly"}'),
        { code: 'rate_limited' },
      ],
      ['403 locked', () => answer(403, 'issue is locked'), { code: 'locked', transient: false }],
      ['403 other', () => answer(403, page), { code: 'permission_missing', transient: false }],
      ['404', () => answer(404, page), { code: 'not_found_or_no_access', transient: false }],
      ['410', () => answer(410), { code: 'not_found_or_no_access', transient: false }],
      ['409', () => answer(409), { code: 'conflict', transient: false }],
      ['413', () => answer(413), { code: 'too_large', transient: false }],
      ['422 too long', () => answer(422, 'Body is too long (maximum is 65536 characters)'), { code: 'too_large' }],
      ['422 no commit', () => answer(422, 'No commit found for SHA: x'), { code: 'not_found_or_no_access' }],
      ['422 full', () => answer(422, 'has reached the maximum number of statuses'), { code: 'limit_reached' }],
      ['422 other', () => answer(422, '{}'), { code: 'invalid_request', transient: false }],
      ['418', () => answer(418), { code: 'invalid_request', transient: false }],
      ['500', () => answer(500, page), { code: 'provider_unavailable', transient: true }],
      [
        '503 with Retry-After',
        () => answer(503, '', { 'retry-after': '3' }),
        { code: 'provider_unavailable', retryAfterMs: 3_000 },
      ],
      ['200 with a page', () => answer(200, page), { code: 'provider_unavailable', transient: true }],
      ['200 with null', () => answer(200, 'null'), { code: 'provider_unavailable', transient: true }],
      ['a body cut off', () => 'truncate', { code: 'network', transient: true }],
      ['a body that is no JSON', () => 'garbage', { code: 'provider_unavailable', transient: true }],
      ['a reset', () => 'reset', { code: 'network', transient: true }],
    ])('%s', async (_, reply, expected) => {
      await client.asInstallation(scope, read, signal);
      connection.advance(SETTLED);
      github.inject({ when: ({ path }) => path === read.path, processed: true, reply: reply() });
      const error = await failure();

      expect(error).toMatchObject(expected);
      expect(error.message).not.toMatch(/html|secondary/);
    });

    it("an exhausted primary limit waits for the reset, by GitHub's clock", async () => {
      github.inject({
        when: ({ path }) => path === read.path,
        processed: false,
        reply: answer(403, '', { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': inAMinute() }),
      });
      const { code, retryAfterMs } = await failure();

      expect(code).toBe('rate_limited');
      expect(retryAfterMs).toBeGreaterThan(58_000);
      expect(retryAfterMs).toBeLessThanOrEqual(62_000);
    });

    it.each([403, 404])(
      'a %s right after minting is transient, because the token may not be known yet',
      async (status) => {
        github.inject({ when: ({ path }) => path === read.path, processed: false, reply: answer(status) });
        const error = await failure();

        expect(error.transient).toBe(true);
        expect(error.retryAfterMs).toBeGreaterThan(3_000);
        expect(error.retryAfterMs).toBeLessThanOrEqual(5_000);
        // With another token the next attempt would be as early.
        connection.advance(5_000);
        await client.asInstallation(scope, read, signal);
        expect(mints()).toHaveLength(1);
      },
    );

    it('an aborted signal is a timeout', async () => {
      github.inject({ when: () => true, processed: false, reply: 'hang' });

      expect(await failure(client.asInstallation(scope, read, AbortSignal.timeout(50)))).toMatchObject({
        code: 'timeout',
        transient: true,
      });
    });

    it('any answer contains no secret', async () => {
      await client.asInstallation(scope, read, signal);
      for (const reply of [answer(401), answer(403), answer(500), 'garbage', 'reset'] as const) {
        github.inject({ when: ({ path }) => path === read.path, times: 2, processed: false, reply });
        const shown = inspect(await failure(), { depth: 9 });
        github.clearFaults();
        expect(shown).not.toContain('PRIVATE KEY');
        for (const token of github.gate.issued) expect(shown).not.toContain(token);
      }
    });
  });

  it('reads on after a page that is not full if GitHub names another', async () => {
    const comments = new RepositoryClient(client, { ...scope, permission: 'pull_requests' }, signal);
    const headers = { link: '<https://elsewhere.example/?page=2>; rel="next"' };
    const when = ({ path }: { path: string }) => path.endsWith('/comments');
    github.inject({ when, times: 1, processed: false, reply: { status: 200, body: '[{"id":1}]', headers } });
    const listed: unknown[] = [];
    for await (const comment of comments.list('/issues/7/comments')) listed.push(comment);

    expect(listed).toEqual([{ id: 1 }]);
    expect(github.requests.filter(when).map(({ query }) => query['page'])).toEqual(['1', '2']);
  });

  it('rejects an answer without an id', async () => {
    const repository = new RepositoryClient(client, scope, signal);
    const reply = { status: 201, body: '{"message":"OK"}' };
    github.inject({ when: ({ path }) => path.includes('/statuses/'), processed: false, reply });

    expect(await failure(repository.post(`/statuses/${HEAD_SHA}`, { state: 'success' }))).toMatchObject({
      code: 'provider_unavailable',
      transient: true,
    });
  });

  describe('list', () => {
    it('reads to the end, and never follows a link', async () => {
      const repository = new RepositoryClient(client, scope, signal);
      const full = JSON.stringify(Array.from({ length: 100 }, (_, id) => ({ id })));
      const link = '<https://evil.example/repos?page=2>; rel="next"';
      const body = (items: string) => ({ status: 200, body: items, headers: { link } });
      const isPage =
        (number: string) =>
        ({ query }: { query: Readonly<Record<string, string>> }) =>
          query['page'] === number;
      github.inject({ when: isPage('1'), processed: false, reply: body(full) });
      github.inject({ when: isPage('2'), processed: false, reply: { status: 200, body: '[{"id":100}]' } });
      const items: unknown[] = [];
      for await (const item of repository.list(`/commits/${HEAD_SHA}/statuses`)) items.push(item);

      expect(items).toHaveLength(101);
    });

    it('gives up on a list without an end, which would use up the quota', async () => {
      const comments = new RepositoryClient(client, { ...scope, permission: 'pull_requests' }, signal);
      const headers = { link: '<https://github.example/?page=2>; rel="next"' };
      const when = ({ path }: { path: string }) => path.endsWith('/comments');
      github.inject({ when, times: Infinity, processed: false, reply: { status: 200, body: '[]', headers } });
      const list = comments.list('/issues/7/comments');

      expect(await failure(list.next())).toMatchObject({ code: 'limit_reached', transient: false });
      expect(github.requests.filter(when)).toHaveLength(200);
    });

    it('rejects an answer that is not a list', async () => {
      const repository = new RepositoryClient(client, scope, signal);
      const list = repository.list(`/commits/${HEAD_SHA}/status`, {}, 'nothing');

      expect(await failure(list.next())).toMatchObject({ code: 'provider_unavailable' });
    });
  });
});
