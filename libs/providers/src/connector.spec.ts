import { setImmediate } from 'node:timers/promises';
import { IsInt, IsOptional, IsString } from 'class-validator';
import { type HealthCheckResult, ScmCommentRequest } from '@integrations/contracts';
import {
  type AnnotationContext,
  type AnnotationLimits,
  type CallGate,
  type ConnectorPlugin,
  type EgressBinding,
  type EgressRequest,
  type EgressResponse,
  type ProviderDeps,
  ProviderError,
  runProbe,
  type ScmAnnotationClient,
  Secret,
  type SecretRequest,
} from '@integrations/provider-kit';
import { Connector, type ConnectorOptions, type RegisteredIntegration } from './connector';
import { ProviderRegistry } from './registry';

class ShopConfig {
  @IsInt()
  floor: number;

  @IsOptional()
  @IsString()
  caBundle?: string;
}

/** Another provider whose configs may look the same. */
class MarketConfig extends ShopConfig {}

const NOW = Date.UTC(2026, 0, 2);
const healthy: HealthCheckResult = {
  status: 'healthy',
  code: 'ok',
  message: 'fine',
  remediation: 'Nothing to do.',
  stages: [],
  latencyMs: 1,
  checkedAt: new Date(NOW).toISOString(),
  warnings: [],
};
const integration: RegisteredIntegration = {
  id: 'i-1',
  tenantId: 'acme',
  provider: 'shop',
  endpoint: 'https://shop.example/api',
  authRef: 'authref://env/SHOP',
  config: { floor: 2 },
};
const none = { url: null, startedAt: null };
const repository = {
  ...{ id: '7', owner: 'acme', name: 'shop', url: 'https://shop.test/7' },
  ...{ defaultBranch: null, visibility: 'private', archived: false },
};
const tag = { name: 'v1', digest: null, pushedAt: null };
const referrer = { digest: 'sha256:0', mediaType: null, size: null, artifactType: null, annotations: {} };
const pipeline = { ...none, id: '7', name: 'shop', repository: null, enabled: true };
const run = {
  ...{ ...none, id: '7', name: '#7', pipelineId: null, status: 'running', conclusion: null },
  ...{ branch: null, commit: null, createdAt: null, finishedAt: null },
};
const workload = {
  ...{ ...none, id: '7', kind: 'pod', name: 'shop', namespace: null, owner: null, node: null },
  ...{ state: 'running', labels: {}, containers: [] },
};
const withConfig = (fields: object) => ({ ...integration, config: { floor: 2, ...fields } });
const live = () => AbortSignal.timeout(60_000);

describe('Connector', () => {
  describe('open', () => {
    it('validates the configs of 20,000 integrations once, however often they are opened', () => {
      const { connector } = setUp();
      const checks = jest.spyOn(ProviderRegistry.prototype, 'validateConfig');
      for (let round = 1; round <= 2; round++) {
        for (let floor = 0; floor < 20_000; floor++) connector.open(withConfig({ floor }), 'health');
      }
      expect(checks).toHaveBeenCalledTimes(20_000);
      checks.mockRestore();
    });

    it("passes the plugin a validated config of its own class, and the integration's identity", () => {
      const { connector } = setUp();
      const { integration: opened } = connector.open(integration, 'annotate');

      expect(opened).toEqual({
        integrationId: 'i-1',
        tenantId: 'acme',
        endpoint: 'https://shop.example/api',
        config: { floor: 2 },
      });
      expect(opened.config).toBeInstanceOf(ShopConfig);
      const atMarket = connector.open({ ...integration, provider: 'market' }, 'annotate').integration;
      expect(atMarket.config).toBeInstanceOf(MarketConfig);
    });

    it('gives the plugin the heartbeats of its own tenant only', () => {
      const { connector } = setUp();
      const heard = (tenantId: string) =>
        connector.open({ ...integration, tenantId }, 'health').deps.heartbeats?.heardForMs();

      expect([heard('acme'), heard('globex')]).toEqual(['acme'.length, 'globex'.length]);
    });

    it('refuses a stored config that is no longer valid, naming the field', () => {
      const { connector } = setUp();

      expect(() => connector.open({ ...integration, config: { floor: 'two' } }, 'health')).toThrow(
        expect.objectContaining({
          code: 'invalid_request',
          message: expect.stringContaining('config.floor') as unknown,
          transient: false,
        }) as Error,
      );
    });

    it('accepts a unix socket only for a provider that supports them', () => {
      const endpoint = 'unix:///run/shop.sock';
      const atSocket = { ...integration, endpoint };
      expect(setUp({ unixSocket: true }).connector.open(atSocket, 'test').integration).toMatchObject({ endpoint });
      const refusal = {
        code: 'invalid_request',
        message: expect.stringContaining('shop does not support unix sockets'),
      };
      expect(() => setUp().connector.open(atSocket, 'test')).toThrow(expect.objectContaining(refusal));
    });

    it('reports an unknown or unavailable provider as a transient failure', () => {
      const { connector } = setUp({ isAvailable: () => ({ available: false, reason: 'no SDK' }) });
      const failure = (message: string) =>
        expect.objectContaining({ code: 'provider_unavailable', message, transient: true }) as Error;

      expect(() => connector.open(integration, 'test')).toThrow(failure('shop: no SDK'));
      expect(() => connector.open({ ...integration, provider: 'bazaar' }, 'test')).toThrow(
        failure('bazaar: no plugin of that name is loaded here'),
      );
    });

    it('resolves and forgets the credential for its purpose, tenant and integration', async () => {
      const { connector, resolved, forgotten } = setUp();
      const { credential } = connector.open(integration, 'annotate').deps;
      const secret = await credential.resolve(live());
      credential.forget();

      const request = {
        tenantId: 'acme',
        authRef: 'authref://env/SHOP',
        purpose: 'annotate',
        integrationId: 'i-1',
      };
      expect(credential.present).toBe(true);
      expect(secret.reveal()).toBe('s3cret');
      expect(resolved).toEqual([request]);
      expect(forgotten).toEqual([request]);
    });

    it('bypasses the secret cache once per secret, and only for a test', async () => {
      const { connector, resolved } = setUp();
      const config = { floor: 1, connection: { clientCertRef: 'authref://file/cert' } };
      for (const purpose of ['test', 'health', 'annotate', 'discover'] as const) {
        const { credential, egress } = connector.open({ ...integration, config }, purpose).deps;
        for (let use = 0; use < 2; use += 1) {
          await credential.resolve(live());
          await egress.request({ method: 'GET', url: 'https://shop.example', signal: live() });
        }
      }
      const fresh = resolved.filter((request) => request.fresh).map(({ authRef, purpose }) => [authRef, purpose]);
      expect(resolved).toHaveLength(16);
      expect(fresh).toEqual([
        ['authref://env/SHOP', 'test'],
        ['authref://file/cert', 'test'],
      ]);
    });

    it('has no credential if the integration names none', async () => {
      const { connector, resolved } = setUp();
      const { credential } = connector.open({ ...integration, authRef: null }, 'annotate').deps;

      expect(credential.present).toBe(false);
      await expect(credential.resolve(live())).rejects.toMatchObject({
        code: 'secret_unresolvable',
        transient: false,
      });
      expect(resolved).toEqual([]);
    });

    it("binds egress to the endpoint, the config's CA bundle and the plugin's origins, once and on first use", async () => {
      const { connector, bindings } = setUp({ origins: ({ endpoint }) => [endpoint.replace('shop', 'auth.shop')] });
      const { egress } = connector.open({ ...integration, config: { floor: 1, caBundle: 'PEM' } }, 'test').deps;
      expect(bindings).toEqual([]);

      await egress.request({ method: 'GET', url: 'https://shop.example/api', signal: live() });
      await egress.request({ method: 'GET', url: 'https://shop.example/api', signal: live() });
      expect(bindings).toEqual([
        {
          endpoint: 'https://shop.example/api',
          allowedOrigins: ['https://auth.shop.example/api'],
          caBundle: 'PEM',
        },
      ]);
    });

    it('binds egress with the certificate and proxy of the connection, resolved for each call', async () => {
      const { connector, bindings, resolved } = setUp();
      const connection = {
        clientCertRef: 'authref://file/cert',
        clientKeyRef: 'authref://file/key',
        proxy: 'http://proxy.example:3128',
        proxyAuthRef: 'authref://file/user',
      };
      const { deps, integration: opened } = connector.open(
        { ...integration, config: { floor: 1, connection } },
        'test',
      );
      expect(opened.config).toEqual({ floor: 1 });

      await deps.egress.request({ method: 'GET', url: 'https://shop.example/api', signal: live() });
      await deps.egress.request({ method: 'GET', url: 'https://shop.example/api', signal: live() });
      const binding = {
        endpoint: 'https://shop.example/api',
        allowedOrigins: [],
        clientCertificate: { certificate: 's3cret', key: 's3cret', holder: 'acme/i-1' },
        proxy: { url: 'http://proxy.example:3128', credential: 's3cret' },
      };
      expect(bindings).toEqual([binding, binding]);
      const refs = ['authref://file/user', 'authref://file/cert', 'authref://file/key'];
      expect(resolved.map(({ authRef }) => authRef)).toEqual([...refs, ...refs]);
      expect(resolved[0]).toMatchObject({ tenantId: 'acme', purpose: 'test', integrationId: 'i-1' });
    });

    it('asks the store again for a client certificate after a failed handshake', async () => {
      const { connector, forgotten } = setUp({}, () => {
        throw new ProviderError('tls', 'bad certificate', { stage: 'tls' });
      });
      const config = { floor: 1, connection: { clientCertRef: 'authref://file/cert' } };
      const { egress } = connector.open({ ...integration, config }, 'annotate').deps;

      await expect(egress.request({ method: 'GET', url: 'https://shop.example', signal: live() })).rejects.toThrow(
        'bad',
      );
      expect(forgotten.map(({ authRef }) => authRef)).toEqual(['authref://file/cert']);
    });

    it.each([
      ['the cloud that the plugin names, for the credential only', integration, 'aws', 'aws'],
      [
        'no cloud over an unencrypted connection',
        { ...integration, endpoint: 'http://shop.example' },
        'aws',
        undefined,
      ],
      ["no cloud with the tenant's own CA bundle", withConfig({ caBundle: 'PEM' }), 'aws', undefined],
      ['no cloud if the plugin names none', integration, null, undefined],
    ] as const)('allows our own identity for %s', async (_what, opened, named, cloud) => {
      const { connector, resolved } = setUp({ identityAt: () => named });
      const config = { ...(opened.config as object), connection: { clientCertRef: 'authref://file/cert' } };
      const { credential, egress } = connector.open({ ...opened, config }, 'test').deps;

      await credential.resolve(live());
      await egress.request({ method: 'GET', url: opened.endpoint, signal: live() });
      expect(resolved.map(({ identityAt }) => identityAt)).toEqual([cloud, undefined]);
    });

    it('turns an endpoint that cannot be called into a rejected call', async () => {
      const { connector } = setUp({}, () => {
        throw new ProviderError('invalid_request', 'An endpoint must be an http or https URL');
      });
      const { egress } = connector.open({ ...integration, endpoint: 'memory://local' }, 'test').deps;

      await expect(egress.request({ method: 'GET', url: 'memory://local', signal: live() })).rejects.toMatchObject({
        code: 'invalid_request',
      });
    });
  });

  describe('A session', () => {
    it.each(['annotations', 'discovery', 'registry', 'ci', 'runtime'] as const)(
      "of %s that a plugin fails to open throws a ProviderError without the plugin's message",
      (kind) => {
        const cause = new TypeError('no place for s3cret');
        const fail = () => {
          throw cause;
        };
        const refusal = { code: 'internal', message: 'shop: the plugin failed unexpectedly', cause };

        expect(() => setUp({ open: fail }).connector[kind](integration)).toThrow(expect.objectContaining(refusal));
        const atCloud = { ...integration, endpoint: 'https://shop.example/' };
        expect(() => setUp({ identityAt: fail }).connector[kind](atCloud)).toThrow(expect.objectContaining(refusal));
      },
    );

    it.each([
      ['discovery', 'cannot list anything'],
      ['registry', 'is not a container registry'],
      ['ci', 'is not a CI system'],
      ['runtime', 'lists no workloads'],
    ] as const)('without %s throws that the provider %s', (kind, what) => {
      const refusal = { code: 'unsupported_operation', message: `shop ${what}` };

      expect(() => setUp().connector[kind](integration)).toThrow(expect.objectContaining(refusal));
    });

    it("that a plugin refuses to open throws the plugin's reason", () => {
      const refusal = new ProviderError('invalid_request', 'config.region is missing');
      const open = () => {
        throw refusal;
      };
      expect(() => setUp({ open }).connector.ci(integration)).toThrow(refusal);
    });
  });

  describe('annotations()', () => {
    const request = Object.assign(new ScmCommentRequest(), { owner: 'o', repository: 'r', body: 'b' });
    const context = (signal = live()) => ({ operationId: 'op', upsertKey: 'key', signal });
    const failing = (error: unknown): ScmAnnotationClient => ({
      postComment: () => Promise.reject(error),
    });

    it("calls the session's method with the session as this", async () => {
      class Client implements ScmAnnotationClient {
        readonly #posted = { outcome: 'created', commentId: '1', url: 'u', truncated: [] } as const;
        postComment() {
          return Promise.resolve(this.#posted);
        }
      }
      const { connector } = setUp({ open: () => ({ annotations: new Client() }) });
      const annotations = connector.annotations(integration);

      await expect(annotations.postComment!(request, context())).resolves.toMatchObject({ commentId: '1' });
      expect(annotations.postStatus).toBeUndefined();
      expect(annotations.createCheckRun).toBeUndefined();
    });

    it('guards each method of the session, and adds none', async () => {
      const broken = () => {
        throw new TypeError('s3cret');
      };
      const annotations = { readPullRequest: broken, preview: broken };
      const { connector } = setUp({ open: () => ({ annotations }) });
      const client = connector.annotations(integration);
      const pullRequest = { owner: 'acme', repository: 'shop', pullRequestNumber: 1 };

      expect(client.postInlineComments).toBeUndefined();
      expect(client.postComment).toBeUndefined();
      await expect(client.readPullRequest!(pullRequest, live())).rejects.toMatchObject({ code: 'internal' });
      expect(() => client.preview!({} as never, { operationId: '1', upsertKey: 'sast' })).toThrow(
        expect.objectContaining({ code: 'internal', message: 'shop: the plugin failed unexpectedly' }),
      );
    });

    it('passes on every member of the session, since a missing one means that the provider lacks the capability', async () => {
      const cancelled: unknown[] = [];
      const method = () => Promise.reject(new Error('not in this spec'));
      const annotations: ScmAnnotationClient = {
        limits: {} as AnnotationLimits,
        postComment: method,
        postStatus: method,
        createCheckRun: method,
        postInlineComments: method,
        cancelCheckRun: async (...args) => void cancelled.push(args),
        readPullRequest: method,
        preview: () => [],
      };
      const client = setUp({ open: () => ({ annotations }) }).connector.annotations(integration);

      expect(Object.keys(client).sort()).toEqual(Object.keys(annotations).sort());
      expect(Object.values(client)).not.toContain(undefined);
      expect(client.limits).toBe(annotations.limits);
      const [run, here] = [{ name: 'sast' } as never, context()];
      await client.cancelCheckRun!(run, here);
      expect(cancelled).toEqual([[run, here]]);
    });

    /** An `open` that keeps its arguments. */
    const opening = () => {
      const opened: ProviderDeps[] = [];
      const open: ConnectorPlugin['open'] = (_, deps) => {
        opened.push(deps);
        return { annotations: {} };
      };
      return { opened, open };
    };

    it('notifies the caller of each call just before it is sent, by request or fetch', async () => {
      const { opened, open } = opening();
      const { connector, requests } = setUp({ open });
      const watch = { sending: jest.fn(), unanswered: jest.fn(), answered: jest.fn() };
      connector.annotations(integration, undefined, watch);
      const { egress } = opened[0]!;
      await egress.request({ method: 'POST', url: `${integration.endpoint}/notes`, signal: live() });
      await egress.fetch(`${integration.endpoint}/notes`);

      for (const call of requests) call.beforeSending!();
      expect(watch.sending).toHaveBeenCalledTimes(2);
      expect(watch.unanswered).not.toHaveBeenCalled();
    });

    it("passes the caller's gate to the plugin, and resolves the credential for annotating", async () => {
      const { opened, open } = opening();
      const { connector, resolved } = setUp({ open });
      const gate: CallGate = { spend: () => Promise.resolve(), hold: () => undefined };
      connector.annotations(integration, gate);
      connector.annotations(integration);

      expect(opened.map((deps) => deps.gate)).toEqual([gate, undefined]);
      await opened[0]!.credential.resolve(live());
      expect(resolved).toMatchObject([{ purpose: 'annotate', tenantId: 'acme' }]);
    });

    it('abandons a plugin that keeps reading a pull request', async () => {
      const annotations = { readPullRequest: () => new Promise<never>(() => undefined) };
      const { connector } = setUp({ open: () => ({ annotations }) });
      const pullRequest = { owner: 'acme', repository: 'shop', pullRequestNumber: 1 };
      const reading = connector.annotations(integration).readPullRequest!(pullRequest, AbortSignal.timeout(5));

      await expect(reading).rejects.toMatchObject({ code: 'timeout' });
    });

    it('throws for a provider that cannot annotate', () => {
      const { connector } = setUp({ open: () => ({}) });

      expect(() => connector.annotations(integration)).toThrow(
        expect.objectContaining({ code: 'unsupported_operation', message: 'shop cannot annotate' }) as Error,
      );
    });

    it('passes a ProviderError on unchanged', async () => {
      const error = new ProviderError('rate_limited', 'slow down', { retryAfterMs: 7 });
      const { connector } = setUp({ open: () => ({ annotations: failing(error) }) });

      await expect(connector.annotations(integration).postComment!(request, context())).rejects.toBe(error);
    });

    it.each([[new TypeError('s3cret is not a function')], ['s3cret'], [undefined]])(
      'turns any other error into an internal one without its message (%#)',
      async (thrown) => {
        const { connector } = setUp({ open: () => ({ annotations: failing(thrown) }) });

        await expect(connector.annotations(integration).postComment!(request, context())).rejects.toMatchObject({
          code: 'internal',
          message: 'shop: the plugin failed unexpectedly',
        });
      },
    );

    describe('from an invalid ProviderError', () => {
      const thrown = (error: ProviderError) => {
        const { connector } = setUp({ open: () => ({ annotations: { postComment: () => Promise.reject(error) } }) });
        return connector.annotations(integration).postComment!(request, context()).catch((caught: unknown) => caught);
      };

      it.each([
        [-5_000, undefined],
        [Number.NaN, undefined],
        ['soon', undefined],
        [1e300, 86_400_000],
        [Infinity, 86_400_000],
        [0, 0],
        [5_000, 5_000],
      ])('turns a wait of %p into %p, and keeps the rest', async (retryAfterMs, expected) => {
        const options = { retryAfterMs: retryAfterMs as number, transient: false, httpStatus: 429 };
        const rest = { code: 'rate_limited', message: 'slow down', transient: false, httpStatus: 429 };

        expect(await thrown(new ProviderError('rate_limited', 'slow down', options))).toMatchObject({
          ...rest,
          retryAfterMs: expected,
        });
      });

      it('replaces an unknown code', async () => {
        const error = Object.assign(new ProviderError('network', 's3cret'), { code: 'fancy' });

        expect(await thrown(error)).toMatchObject({
          code: 'internal',
          message: 'shop: the plugin threw a ProviderError with an unknown code',
          transient: true,
          cause: error,
        });
      });

      it('passes on a frozen error', async () => {
        const error = Object.freeze(new ProviderError('network', 'no route'));
        expect(await thrown(error)).toBe(error);
      });

      it.each([
        Object.freeze(new ProviderError('network', 's3cret')),
        Object.defineProperty(new ProviderError('network', ''), 'message', { get: () => 's3cret' }),
        new Proxy(new ProviderError('network', ''), {
          has: () => {
            throw new Error('s3cret');
          },
        }),
      ])('replaces an error that cannot be scrubbed or read: %#', async (error) => {
        expect(await thrown(error)).toMatchObject({
          code: 'internal',
          message: 'shop: the error that the plugin threw cannot be read',
        });
      });

      it('cuts a huge message after the secret in it is redacted', async () => {
        expect(
          await thrown(new ProviderError('network', `${'x'.repeat(1_996)}s3cret${'x'.repeat(3_000_000)}`)),
        ).toMatchObject({
          message: `${'x'.repeat(1_996)}[re…`,
        });
      });
    });

    it('abandons a plugin that ignores its signal', async () => {
      const never = { postComment: () => new Promise<never>(() => undefined) };
      const { connector } = setUp({ open: () => ({ annotations: never }) });
      const posting = connector.annotations(integration).postComment!(request, context(AbortSignal.abort()));

      await expect(posting).rejects.toMatchObject({ code: 'timeout' });
    });

    it('lets a plugin that heeds its signal report its own error', async () => {
      const heeding: ScmAnnotationClient = {
        postComment: (_, { signal }) =>
          new Promise((_resolve, reject) => {
            signal.addEventListener('abort', () => reject(new ProviderError('network', 'mine')));
          }),
      };
      const { connector } = setUp({ open: () => ({ annotations: heeding }) });
      const posting = connector.annotations(integration).postComment!(request, context(AbortSignal.timeout(5)));

      await expect(posting).rejects.toMatchObject({ code: 'network', message: 'mine' });
    });
  });

  describe('test and check', () => {
    it("redact secrets in the service's own words, and change nothing else", async () => {
      const answer: HealthCheckResult = {
        ...healthy,
        message: 'Connected as s3cret',
        server: { product: 'Shop', version: 's3cret' },
        tls: { issuer: 'CN=s3cret', validTo: '2027-01-01T00:00:00.000Z', daysLeft: 300 },
        principal: { id: 's3cret', kind: 'of s3cret' },
        permissions: {
          required: ['api'],
          granted: ['s3cret'],
          missing: ['api'],
          excess: ['s3cret'],
          how: 'introspection',
        },
        stages: [
          { name: 'http', ok: true, ms: 1, detail: 'it says s3cret' },
          { name: 'identity', ok: true, ms: 1 },
        ],
        warnings: ['no s3cret', 'fine'],
        credential: { version: 's3cret' },
      };
      const { connector } = setUp({ testConnection: async () => answer, checkHealth: async () => answer });

      for (const verdict of [await connector.test(integration, live()), await connector.check(integration, live())]) {
        expect(verdict).toEqual({
          ...answer,
          message: 'Connected as [redacted]',
          server: { product: 'Shop', version: '[redacted]' },
          tls: { ...answer.tls, issuer: 'CN=[redacted]' },
          principal: { id: '[redacted]', kind: 'of [redacted]' },
          permissions: { ...answer.permissions, granted: ['[redacted]'], excess: ['[redacted]'] },
          stages: [
            { name: 'http', ok: true, ms: 1, detail: 'it says [redacted]' },
            { name: 'identity', ok: true, ms: 1 },
          ],
          warnings: ['no [redacted]', 'fine'],
        });
      }
    });

    it('redact secrets in the errors of a plugin, as all other calls do', async () => {
      const scrubbed = { code: 'egress_blocked', message: 'it redirects to https://[redacted].test', httpStatus: 302 };
      const fails = () =>
        Promise.reject(new ProviderError('egress_blocked', 'it redirects to https://s3cret.test', { httpStatus: 302 }));
      const { connector } = setUp({
        checkHealth: fails,
        open: () => ({
          annotations: { postComment: fails },
          discovery: { repositories: fails },
          registry: { listTags: fails, resolveDigest: fails, listReferrers: fails },
          ci: { listPipelines: fails, listRuns: fails },
          runtime: { listWorkloads: fails },
        }),
      });
      const asked = {} as never;
      const calls = [
        connector.annotations(integration).postComment!(asked, { signal: live() } as AnnotationContext),
        connector.discovery(integration).repositories!(asked, live()),
        connector.registry(integration).listTags('team/app', asked, live()),
        connector.ci(integration).listRuns(asked, live()),
        connector.runtime(integration).listWorkloads(asked, live()),
      ];
      for (const call of calls) await expect(call).rejects.toMatchObject(scrubbed);
      expect((await connector.check(integration, live())).message).toBe(scrubbed.message);
    });

    it("have the scrubber learn an integration's secrets before anything is posted, if they can be resolved", async () => {
      const { connector, resolved, handedOut } = setUp();
      await connector.learnSecrets({ ...integration, authRef: null }, live());
      await connector.learnSecrets({ ...integration, provider: 'bazaar' }, live());
      expect(resolved).toEqual([]);
      await connector.learnSecrets(integration, live());
      expect(resolved).toMatchObject([{ tenantId: 'acme', authRef: integration.authRef, purpose: 'annotate' }]);

      const proxy = { proxy: 'http://proxy.corp:3128', proxyAuthRef: 'authref://file/proxy' };
      const connection = { clientCertRef: 'authref://file/cert', clientKeyRef: 'authref://file/key', ...proxy };
      await connector.learnSecrets({ ...integration, authRef: null, config: { floor: 1, connection } }, live());
      const others = resolved.slice(1).map(({ authRef, purpose, tenantId }) => [authRef, purpose, tenantId]);
      expect(others).toEqual(['cert', 'key', 'proxy'].map((name) => [`authref://file/${name}`, 'annotate', 'acme']));
      expect(handedOut).toEqual(resolved.map(({ authRef }) => authRef));
    });

    it('redact secrets in all other answers, even where they look like our own terms', async () => {
      const page = (item: object) => async () => ({ items: [item], nextCursor: 's3cret' }) as never;
      const comment = { outcome: 'created', truncated: [] };
      const image = { repository: 'team/app', reference: 'latest', digest: 'sha256:0' };
      const { connector } = setUp({
        open: () => ({
          annotations: {
            postComment: async () => ({ ...comment, commentId: 's3cret', url: 'https://shop.test/s3cret' }) as never,
          },
          discovery: { repositories: page({ ...repository, name: 's3cret' }) },
          registry: {
            listTags: page({ ...tag, name: 's3cret' }),
            resolveDigest: async () => ({ ...image, mediaType: 's3cret' }) as never,
            listReferrers: page({ ...referrer, annotations: { 'a s3cret': 's3cret', status: 's3cret' } }),
          },
          ci: { listPipelines: page({ ...pipeline, id: 's3cret' }), listRuns: page({ ...run, branch: 's3cret' }) },
          runtime: { listWorkloads: page({ ...workload, labels: { app: 's3cret', state: 's3cret' } }) },
        }),
      });
      const asked = { limit: 1 } as never;
      const registry = connector.registry(integration);
      const ci = connector.ci(integration);
      const answers = await Promise.all([
        connector.annotations(integration).postComment!(asked, { signal: live() } as AnnotationContext),
        connector.discovery(integration).repositories!(asked, live()),
        registry.listTags('team/app', asked, live()),
        registry.resolveDigest('team/app', 'latest', asked, live()),
        registry.listReferrers('team/app', 'sha256:0', asked, live()),
        ci.listPipelines(asked, live()),
        ci.listRuns(asked, live()),
        connector.runtime(integration).listWorkloads(asked, live()),
      ]);
      const list = (item: object) => ({ items: [item], nextCursor: '[redacted]' });
      expect(answers).toEqual([
        { ...comment, commentId: '[redacted]', url: 'https://shop.test/[redacted]' },
        list({ ...repository, name: '[redacted]' }),
        list({ ...tag, name: '[redacted]' }),
        { ...image, mediaType: '[redacted]' },
        list({ ...referrer, annotations: { 'a [redacted]': '[redacted]', status: '[redacted]' } }),
        list({ ...pipeline, id: '[redacted]' }),
        list({ ...run, branch: '[redacted]' }),
        list({ ...workload, labels: { app: '[redacted]', state: '[redacted]' } }),
      ]);
    });

    it('redact before they cut, because half a secret is not recognised', async () => {
      const long = (room: number) => `${'x'.repeat(room - 3)}s3cret and more`;
      const answer = {
        ...healthy,
        ...{ message: long(2_000), server: { product: 'Shop', version: long(300) }, warnings: [long(2_000)] },
        tls: { issuer: long(300), validTo: '2027-01-01T00:00:00.000Z', daysLeft: 300 },
        principal: { id: long(300), kind: 'user' },
        stages: [{ name: 'http' as const, ok: false, ms: 1, detail: long(2_000) }],
      };
      const check = async (checkHealth: ConnectorPlugin['checkHealth']) =>
        setUp({ checkHealth }).connector.check(integration, live());
      const verdict = await check(async () => answer);
      expect(JSON.stringify(verdict)).not.toMatch(/s3c|s3/);
      const name = `${'x'.repeat(297)}[r…`;
      expect(verdict).toMatchObject({ server: { version: name }, tls: { issuer: name }, warnings: [verdict.message] });
      expect(verdict.message).toBe(`${'x'.repeat(1_997)}[r…`);
      const failed = await check(() => Promise.reject(new ProviderError('network', long(2_000))));
      expect(failed.message).toBe(verdict.message);
    });

    it('do not redact the secrets of other tenants, which would reveal them', async () => {
      const answer = { ...healthy, message: 'Connected as s3cret' };
      const { connector } = setUp({ checkHealth: async () => answer });
      expect(await connector.check({ ...integration, tenantId: 'globex' }, live())).toEqual(answer);
    });

    it("return the plugin's own verdict if nothing is redacted", async () => {
      expect(await setUp().connector.check(integration, live())).toBe(healthy);
    });

    it("return the plugin's verdict, each by its own method and purpose", async () => {
      const { connector, resolved } = setUp({
        testConnection: async (_, { credential }, signal) => {
          await credential.resolve(signal);
          return { ...healthy, message: 'tested' };
        },
        checkHealth: async (_, { credential }, signal) => {
          await credential.resolve(signal);
          return { ...healthy, message: 'checked' };
        },
      });

      await expect(connector.test(integration, live())).resolves.toMatchObject({ message: 'tested' });
      await expect(connector.check(integration, live())).resolves.toMatchObject({ message: 'checked' });
      expect(resolved.map(({ purpose }) => purpose)).toEqual(['test', 'health']);
    });

    it('return config_invalid, naming the field, for a stored config that is no longer valid', async () => {
      const { connector } = setUp();
      const verdict = await connector.test({ ...integration, config: {} }, live());

      expect(verdict).toMatchObject({ status: 'unhealthy', code: 'config_invalid', latencyMs: 0 });
      expect(verdict.message).toContain('config.floor');
      expect(verdict.checkedAt).toBe(new Date(NOW).toISOString());
    });

    it('return prober_error for a provider that is not loaded', async () => {
      const { connector } = setUp();
      const verdict = await connector.check({ ...integration, provider: 'bazaar' }, live());

      expect(verdict).toMatchObject({
        status: 'unknown',
        code: 'prober_error',
        message: 'bazaar: no plugin of that name is loaded here',
      });
    });

    it('return prober_error, without the message, for a plugin that throws', async () => {
      const { connector } = setUp({
        checkHealth: () => Promise.reject(new Error('s3cret')),
        testConnection: () => {
          throw new TypeError('s3cret');
        },
      });

      for (const verdict of [await connector.check(integration, live()), await connector.test(integration, live())]) {
        expect(verdict).toMatchObject({ status: 'unknown', code: 'prober_error' });
        expect(JSON.stringify(verdict)).not.toContain('s3cret');
      }
    });

    it('report unexpected errors of a plugin to the log, but no failures of the service', async () => {
      const thrown = new TypeError('not a function');
      const down = new ProviderError('network', 'the service is down');
      const fails = (error: Error) => () => Promise.reject(error);
      const runs = (error: Error): ConnectorPlugin['checkHealth'] => {
        return (_, deps, signal) =>
          runProbe({ deps, signal, requireCredential: false, stages: { identity: fails(error) } });
      };
      const faults: unknown[] = [];
      for (const checkHealth of [fails(thrown), runs(thrown), fails(down), runs(down)]) {
        const { connector } = setUp({ checkHealth }, undefined, (...fault) => faults.push(fault));
        await connector.check(integration, live());
      }

      const about = { tenantId: 'acme', integrationId: 'i-1', provider: 'shop' };
      expect(faults).toEqual([
        [about, expect.objectContaining({ code: 'internal', cause: thrown })],
        [about, thrown],
      ]);
    });

    it('return prober_error for a plugin that ignores its signal', async () => {
      const { connector } = setUp({ checkHealth: () => new Promise(() => undefined) });

      await expect(connector.check(integration, AbortSignal.timeout(5))).resolves.toMatchObject({
        status: 'unknown',
        code: 'prober_error',
        message: 'shop: the plugin kept running after its signal aborted',
      });
    });
  });

  describe('An invalid answer of a plugin', () => {
    const answering = (answer: unknown) => {
      const answers = async () => answer as never;
      return setUp({
        checkHealth: answers,
        open: () => ({
          annotations: {
            postComment: answers,
            postStatus: answers,
            createCheckRun: answers,
            postInlineComments: answers,
            readPullRequest: answers,
            preview: () => answer as never,
          },
          discovery: { repositories: answers },
          registry: { listTags: answers, resolveDigest: answers, listReferrers: answers },
          ci: { listPipelines: answers, listRuns: answers },
          runtime: { listWorkloads: answers },
        }),
      }).connector;
    };
    const asked = { limit: 2 } as never;
    const context = () => ({ operationId: 'o', upsertKey: 'k', signal: live() });
    const refusal = (what: string) => ({
      code: 'internal',
      message: expect.stringMatching(new RegExp(`^shop: ${what}`)) as unknown,
    });

    it.each<[string, (connector: Connector) => Promise<unknown>]>([
      ['postComment', (connector) => connector.annotations(integration).postComment!(asked, context())],
      ['postStatus', (connector) => connector.annotations(integration).postStatus!(asked, context())],
      ['createCheckRun', (connector) => connector.annotations(integration).createCheckRun!(asked, context())],
      ['postInlineComments', (connector) => connector.annotations(integration).postInlineComments!(asked, context())],
      ['readPullRequest', (connector) => connector.annotations(integration).readPullRequest!(asked, live())],
      ['preview', async (connector) => connector.annotations(integration).preview!(asked, context())],
      ['repositories', (connector) => connector.discovery(integration).repositories!(asked, live())],
      ['listTags', (connector) => connector.registry(integration).listTags('app', asked, live())],
      ['resolveDigest', (connector) => connector.registry(integration).resolveDigest('app', 'v1', asked, live())],
      ['listReferrers', (connector) => connector.registry(integration).listReferrers('app', 'sha', asked, live())],
      ['listPipelines', (connector) => connector.ci(integration).listPipelines(asked, live())],
      ['listRuns', (connector) => connector.ci(integration).listRuns(asked, live())],
      ['listWorkloads', (connector) => connector.runtime(integration).listWorkloads(asked, live())],
    ])('is rejected for %s', async (method, call) => {
      for (const answer of [undefined, 'text', { nothing: 'of it' }]) {
        await expect(call(answering(answer))).rejects.toMatchObject(
          refusal(`${method}\\(\\) returned an invalid answer`),
        );
      }
    });

    it('does not include a comment without a URL, which has been posted', async () => {
      const written = { outcome: 'created', commentId: '7', truncated: [] };
      const posting = answering(written).annotations(integration).postComment!(asked, context());
      await expect(posting).resolves.toBe(written);
    });

    it.each([
      [{ items: [{}, {}, {}], nextCursor: null }, 'items must be a list of at most 2 objects, as requested'],
      [{ items: [] }, 'nextCursor must be a string of 1 to 2900 bytes, or null'],
      [{ items: [], nextCursor: 'x'.repeat(2_901) }, 'nextCursor must be a string of 1 to 2900 bytes, or null'],
      [{ items: 'none', nextCursor: 5 }, /items .*; nextCursor /],
      [{ items: [{}], nextCursor: null }, 'items.id must be a string; items.owner must be a string; '],
    ])('is rejected for a page: %#', async (page, flaw) => {
      const message = expect.stringMatching(flaw) as unknown;
      const listing = answering(page).discovery(integration).repositories!(asked, live());
      await expect(listing).rejects.toMatchObject({ code: 'internal', message });
    });

    it('names the invalid field of an item in a page', async () => {
      const page = { items: [{ ...workload, containers: [{}] }], nextCursor: null };
      const listing = answering(page).runtime(integration).listWorkloads(asked, live());
      await expect(listing).rejects.toThrow('returned an invalid answer: items.containers.name must be a string');
    });

    it.each([
      [undefined, 'must be an object, not undefined'],
      [{ ...healthy, status: 'great' }, 'status must be one of unknown, healthy, degraded, unhealthy'],
      [{ ...healthy, code: 'fine' }, 'code must be one of ok, '],
      [{ ...healthy, stages: undefined, warnings: 'none' }, 'stages must be a list of objects; warnings must be'],
      [{ ...healthy, checkedAt: 'now' }, 'checkedAt must be a time, ISO-8601'],
      [{ ...healthy, latencyMs: Number.NaN }, 'latencyMs must be milliseconds, 0'],
      [
        { ...healthy, permissions: { granted: null } },
        'permissions.required must be a list of strings; permissions.granted',
      ],
      [{ ...healthy, capabilities: ['fly'] }, 'capabilities must be a list of comment,'],
      [{ ...healthy, warnings: Array(1_001).fill('!') }, 'warnings must be a list of at most 1000 strings$'],
      [{ ...healthy, latencyMs: 2 ** 31 }, 'latencyMs must be milliseconds, 0 to 2147483647$'],
      [
        {
          ...healthy,
          stages: [
            { name: 'tls', ok: true, ms: 1 },
            { ok: true, ms: 1 },
          ],
        },
        'stages.name must be one of .*, quota$',
      ],
      [
        { ...healthy, server: {}, principal: 7 },
        'server.product must be a string; principal must be an object, or absent$',
      ],
      [{ ...healthy, credential: { expiresAt: 'soon' } }, 'credential.expiresAt must be a time, ISO-8601, or absent$'],
      [
        { ...healthy, quota: { limit: 'many' }, tls: 5 },
        'quota.limit must be a number, or absent; tls must be an object',
      ],
      [{ ...healthy, clockSkewMs: 'much' }, 'clockSkewMs must be a number, or absent$'],
      [{ ...healthy, more: 5n }, 'it cannot be serialised as JSON$'],
    ])('becomes prober_error for a verdict: %#', async (verdict, flaw) => {
      expect(await answering(verdict).check(integration, live())).toMatchObject({
        status: 'unknown',
        code: 'prober_error',
        message: expect.stringMatching(`^shop: checkHealth.. returned an invalid answer: ${flaw}`) as unknown,
      });
    });

    it.each([
      [Number.NaN, undefined],
      [1e300, 86_400_000],
      [5_000, 5_000],
    ])('with a wait of %p has a wait of %p', async (retryAfterMs, expected) => {
      const limited = { ...healthy, status: 'degraded' as const, code: 'rate_limited' as const };
      const verdict = await answering({ ...limited, retryAfterMs }).check(integration, live());
      expect(verdict).toEqual({ ...limited, retryAfterMs: expected });
    });

    it('is rejected for a session', () => {
      const { connector } = setUp({ open: () => undefined as never });
      expect(() => connector.annotations(integration)).toThrow(
        expect.objectContaining({
          code: 'internal',
          message: 'shop: open() returned an invalid answer: must be an object, not undefined',
        }) as Error,
      );
    });

    it('is rejected for the promise of a session', () => {
      const { connector } = setUp({ open: (async () => ({})) as never });
      const message = 'shop: open() returned an invalid answer: then must be absent: it is a promise';
      expect(() => connector.annotations(integration)).toThrow(message);
    });

    it.each([
      [
        { account: 'bot', limits: { note: [{ max: 0, perMs: 1_000 }] } },
        'account must be .*, or null.*; limits must be',
      ],
      [{ account: null, limits: { note: [{ max: 60, perMs: '1s' }] } }, 'limits must be lists of { max, perMs }'],
      [{ account: null, limits: { note: { max: 60, perMs: 1_000 } } }, 'limits must be lists of { max, perMs }'],
      [{ account: null, limits: {}, apart: 'note' }, 'apart must be a list of strings'],
    ])('is rejected for a budget: %#', (budget, flaw) => {
      const { connector } = setUp({ budget: () => budget as never });
      expect(() => connector.budget(integration, 'acme')).toThrow(
        expect.objectContaining(refusal(`budget.. returned an invalid answer: ${flaw}`)) as Error,
      );
    });

    it('is an exception of budget(), but not a missing budget, which limits nothing', () => {
      const failing = () => {
        throw new TypeError('of undefined');
      };
      const budgetOf = (budget: ConnectorPlugin['budget']) => setUp({ budget }).connector.budget(integration, 'acme');
      expect(() => budgetOf(failing)).toThrow('shop: the plugin failed unexpectedly');
      expect(budgetOf(() => undefined as never)).toMatchObject({ limits: {}, apart: [] });
    });

    it('is a comment with a malformed URL or a truncation without a field', async () => {
      const written = { outcome: 'created', commentId: '7', url: 7, truncated: [{ was: 9, now: 5, unit: 'bytes' }] };
      const posting = answering(written).annotations(integration).postComment!(asked, context());
      await expect(posting).rejects.toThrow(
        'url must be a string, or null, or absent; truncated.field must be a string',
      );
    });
  });
});

function setUp(
  overrides: Partial<ConnectorPlugin> = {},
  onBind: (binding: EgressBinding) => void = () => undefined,
  onFault?: ConnectorOptions['onFault'],
) {
  const plugin: ConnectorPlugin = {
    contractVersion: 1,
    provider: 'shop',
    type: 'scm',
    displayName: 'Shop',
    capabilities: ['comment'],
    requiredScopes: [],
    defaultEndpoint: null,
    credential: { required: true, description: 'A key.' },
    config: ShopConfig,
    isAvailable: () => ({ available: true }),
    open: () => ({}),
    testConnection: () => Promise.resolve(healthy),
    checkHealth: () => Promise.resolve(healthy),
    ...overrides,
  };
  const resolved: SecretRequest[] = [];
  const handedOut: string[] = [];
  const forgotten: SecretRequest[] = [];
  const bindings: EgressBinding[] = [];
  const requests: EgressRequest[] = [];
  const connector = new Connector({
    registry: new ProviderRegistry([plugin, { ...plugin, provider: 'market', config: MarketConfig }]),
    egress: {
      bind: (binding) => {
        onBind(binding);
        bindings.push(binding);
        const request = async (call: EgressRequest) => {
          requests.push(call);
          return { status: 200, headers: {} } as EgressResponse;
        };
        return { request, fetch };
      },
    },
    tokens: { get: () => Promise.reject(new Error('not in this spec')), forget: () => undefined },
    secrets: {
      resolve: async (request) => {
        resolved.push(request);
        await setImmediate();
        handedOut.push(request.authRef);
        return new Secret('s3cret');
      },
      forget: (request) => forgotten.push(request),
    },
    clock: { now: () => NOW },
    heartbeats: { ofTenant: (tenantId) => ({ latest: () => null, heardForMs: () => tenantId.length }) },
    scrub: (text, tenantId) => (tenantId === 'acme' ? text.replaceAll(/s3cret|private|running/g, '[redacted]') : text),
    ...(onFault ? { onFault } : {}),
  });
  return { connector, resolved, handedOut, forgotten, bindings, requests };
}
