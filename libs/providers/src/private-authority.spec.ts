import { createTokenCache, EgressClient, Secret } from '@integrations/provider-kit';
import { type AddressInfo, connect } from 'node:net';
import { createServer, type Server } from 'node:tls';
import { type KeyPair, selfSignedRsa } from '../../../test/support/certificates';
import { startAcr } from './acr/__fixtures__/fake-acr';
import { CLIENT_ID, CLIENT_SECRET, TENANT } from './acr/__fixtures__/fake-entra';
import { createAcrPlugin } from './acr/plugin';
import { Connector } from './connector';
import { FakeGoogle, IMAGES, keyFile, LOCATION, PROJECT } from './gcr/__fixtures__/fake-google';
import { createGcrPlugin } from './gcr/plugin';
import { ProviderRegistry } from './registry';

/** Token services behind the same certificate authority as their registries, as behind a TLS-inspecting proxy. */
describe('The CA bundle of an integration', () => {
  const clock = { now: () => Date.now() };
  const egress = new EgressClient({ policy: { allow: ['127.0.0.1/32'] }, userAgent: 'spec' });
  let pair: KeyPair;
  let front: Server;

  /** Sets up a server with TLS for a service address, and returns the server's own address. */
  const inFrontOf = async (url: string): Promise<string> => {
    const port = Number(new URL(url).port);
    front = createServer(pair, (socket) => {
      const behind = connect(port, '127.0.0.1');
      for (const end of [socket, behind]) end.on('error', () => [socket, behind].forEach((each) => each.destroy()));
      socket.pipe(behind).pipe(socket);
    });
    await new Promise<void>((resolve) => front.listen(0, '127.0.0.1', resolve));
    return `https://127.0.0.1:${(front.address() as AddressInfo).port}`;
  };

  const test = (provider: string, endpoint: string, secret: string, config: object) => {
    const secrets = { resolve: async () => new Secret(secret), forget: () => undefined };
    const registry = new ProviderRegistry([createAcrPlugin(), createGcrPlugin()]);
    const connector = new Connector({ registry, egress, tokens: createTokenCache(clock), secrets, clock });
    const integration = { id: 'i', tenantId: 'acme', provider, endpoint, authRef: 'authref://file/key', config };
    return connector.test(integration, AbortSignal.timeout(60_000));
  };

  beforeAll(() => {
    pair = selfSignedRsa();
  });
  afterAll(() => egress.close());

  it('is trusted for the registry and all APIs of Google', async () => {
    const google = await FakeGoogle.start();
    const endpoint = await inFrontOf(google.registry.url);
    google.registry.realm = `${endpoint}/v2/token`;
    const config = { project: PROJECT, repository: IMAGES, location: LOCATION, googleApis: endpoint };
    expect(await test('gcr', endpoint, keyFile(), { ...config, caBundle: pair.cert })).toMatchObject({ code: 'ok' });
    expect(await test('gcr', endpoint, keyFile(), config)).toMatchObject({ code: 'tls_untrusted' });
    front.close();
    await google.registry.close();
  });

  it('is trusted for the registry and Entra ID', async () => {
    const acr = await startAcr();
    const endpoint = await inFrontOf(acr.registry.url);
    acr.registry.realm = `${endpoint}/oauth2/token`;
    const config = { entraTenantId: TENANT, clientId: CLIENT_ID, authority: endpoint };
    expect(await test('acr', endpoint, CLIENT_SECRET, { ...config, caBundle: pair.cert })).toMatchObject({
      code: 'ok',
    });
    expect(await test('acr', endpoint, CLIENT_SECRET, config)).toMatchObject({ code: 'tls_untrusted' });
    front.close();
    await acr.registry.close();
  });
});
