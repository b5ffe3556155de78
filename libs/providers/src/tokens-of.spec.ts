import {
  createTokenCache,
  EgressClient,
  type MintedToken,
  Secret,
  type SecretRequest,
} from '@integrations/provider-kit';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { TLSSocket } from 'node:tls';
import { type KeyPair, selfSignedRsa } from '../../../test/support/certificates';
import { Connector } from './connector';
import { createOciPlugin } from './oci/plugin';
import { ProviderRegistry } from './registry';
import { tokensOf } from './tokens-of';

/** A registry whose token server identifies the caller by its client certificate, if there is one. */
describe('The tokens of an integration', () => {
  const clock = { now: () => Date.now() };
  const signal = () => AbortSignal.timeout(60_000);
  const secrets = {
    resolve: async ({ authRef }: SecretRequest) => new Secret(authRef.endsWith('key') ? pair.key : pair.cert),
    forget: () => undefined,
  };
  let pair: KeyPair;
  let server: Server;
  let egress: EgressClient;
  let connector: Connector;

  beforeAll(async () => {
    pair = selfSignedRsa();
    server = createServer({ ...pair, requestCert: true, rejectUnauthorized: false }, answer);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  });
  beforeEach(() => {
    egress = new EgressClient({ policy: { allow: ['127.0.0.1/32'] }, userAgent: 'spec' });
    const registry = new ProviderRegistry([createOciPlugin()]);
    connector = new Connector({ registry, egress, tokens: createTokenCache(clock), secrets, clock });
  });
  afterEach(() => egress.close());
  afterAll(() => server.close());

  const origin = () => `https://127.0.0.1:${(server.address() as AddressInfo).port}`;

  function answer(request: IncomingMessage, response: ServerResponse): void {
    const { url = '', headers, socket } = request;
    const isKnown = Object.keys((socket as TLSSocket).getPeerCertificate()).length > 0;
    if (url.startsWith('/token')) return void response.end(JSON.stringify({ token: isKnown ? 'known' : 'anybody' }));
    if (headers.authorization === 'Bearer known') return void response.end(JSON.stringify({ tags: ['private'] }));
    response.writeHead(401, { 'www-authenticate': `Bearer realm="${origin()}/token",service="s"` }).end();
  }

  const integrationOf = (tenantId: string, connection: object = {}) => ({
    ...{ id: `of-${tenantId}`, tenantId, provider: 'oci', endpoint: origin(), authRef: null },
    config: { caBundle: pair.cert, connection },
  });
  const tagsFor = async (tenantId: string, connection?: object) => {
    const registry = connector.registry(integrationOf(tenantId, connection));
    const { items } = await registry.listTags('team/app', { q: null, cursor: null, limit: 10 }, signal());
    return items.map(({ name }) => name);
  };

  it('are not used without the client certificate with which they were obtained', async () => {
    const ofCertificate = { clientCertRef: 'authref://file/cert', clientKeyRef: 'authref://file/key' };
    expect(await tagsFor('acme', ofCertificate)).toEqual(['private']);
    await expect(tagsFor('globex')).rejects.toMatchObject({ code: 'unauthenticated' });
    expect(await tagsFor('acme', ofCertificate)).toEqual(['private']);
  });

  it('are shared by integrations with the same route to the same server, but not across proxies', async () => {
    const minted: string[] = [];
    for (const [tenantId, proxy] of [
      ['acme', undefined],
      ['globex', undefined],
      ['acme', 'http://site-a.example:3128'],
      ['globex', 'http://site-a.example:3128'],
      ['acme', 'http://site-b.example:3128'],
    ] as const) {
      const { tokens } = connector.open(integrationOf(tenantId, { proxy }), 'health').deps;
      const mint = async () => {
        minted.push(`${tenantId} ${proxy ?? 'direct'}`);
        return { token: 'token', mintedAt: clock.now(), expiresAt: clock.now() + 3_600_000 };
      };
      await tokens.get([origin(), 'fingerprint'], mint, signal());
    }
    expect(minted).toEqual(['acme direct', 'acme http://site-a.example:3128', 'acme http://site-b.example:3128']);
  });

  it('belong to one integration only if it has a client certificate, and are forgotten there', async () => {
    const tokens = createTokenCache(clock);
    const minted: string[] = [];
    const cacheOf = (integrationId: string) => {
      const integration = { ...integrationOf('acme'), integrationId };
      return tokensOf(tokens, integration, { clientCertRef: 'authref://file/cert' }, () => undefined);
    };
    const get = (id: string) =>
      cacheOf(id).get(
        ['token'],
        async () => {
          minted.push(id);
          return { token: 'token', mintedAt: clock.now(), expiresAt: clock.now() + 3_600_000 };
        },
        signal(),
      );
    for (const id of ['i-1', 'i-2', 'i-1']) await get(id);
    expect(minted).toEqual(['i-1', 'i-2']);
    cacheOf('i-1').forget(['token']);
    for (const id of ['i-1', 'i-2']) await get(id);
    expect(minted).toEqual(['i-1', 'i-2', 'i-1']);
  });

  it('are passed to the scrubber before their tenant receives them, except for public values', async () => {
    const hidden: string[] = [];
    const tokens = createTokenCache(clock);
    const cacheOf = (tenantId: string) =>
      tokensOf(tokens, { ...integrationOf(tenantId), integrationId: 'i' }, {}, (token, of) => {
        hidden.push(`${token} of ${of}`);
      });
    const mintOf = (minted: Partial<MintedToken>) => async () => ({
      ...{ token: 'token', mintedAt: clock.now(), expiresAt: clock.now() + 3_600_000 },
      ...minted,
    });
    const tooLong = cacheOf('acme').get(['long'], mintOf({ token: 'x'.repeat(16_385) }), signal());
    await expect(tooLong).rejects.toMatchObject({ code: 'too_large' });
    for (const tenantId of ['acme', 'globex', 'globex']) {
      await cacheOf(tenantId).get(['token'], mintOf({}), signal());
      await cacheOf(tenantId).get(['login'], mintOf({ token: 'scanner[bot]', isPublic: true }), signal());
    }
    expect(hidden).toEqual(['token of acme', 'token of globex', 'token of globex']);
  });
});
