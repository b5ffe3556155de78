import { CredentialStoreConfig } from '@integrations/config';
import { succeeded } from '@integrations/contracts';
import { createTokenCache, type EgressBinding, EgressClient, egressOver } from '@integrations/provider-kit';
import { CachingSecretResolver, configuredStores, fingerprintUnder } from '@integrations/secrets';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Connector, type RegisteredIntegration } from './connector';
import { FakeGoogle, HOST, IMAGES, PROJECT, REPOSITORY } from './gcr/__fixtures__/fake-google';
import { createGcrPlugin } from './gcr/plugin';
import { createOciPlugin } from './oci/plugin';
import { ProviderRegistry } from './registry';

const ENDPOINT = 'https://europe-west1-docker.pkg.dev';
const CONFIG = { secretKind: 'access_token', project: PROJECT, repository: IMAGES };
const { signal } = new AbortController();
const clock = { now: () => Date.now() };

describe('The identity of the host', () => {
  const environment = { ...process.env };
  let google: FakeGoogle;
  let metadata: Server;
  let egress: EgressClient;
  let called: string[];
  let audited: string[];

  const connectorLending = (...ambientIdentity: string[]) => {
    const config = Object.assign(new CredentialStoreConfig(), { ambientIdentity });
    const storage = { put: async () => 1, get: async () => null };
    const ask = async () => succeeded(null);
    return new Connector({
      ...{
        registry: new ProviderRegistry([createGcrPlugin(), createOciPlugin()]),
        egress: { bind },
        tokens: createTokenCache(clock),
        clock,
      },
      secrets: new CachingSecretResolver({
        stores: configuredStores(config, { env: {}, storage, egress, clock, ask, hide: () => undefined }),
        audit: { record: async ({ tenantId, store, outcome }) => void audited.push(`${tenantId} ${store} ${outcome}`) },
        ...{ clock, fingerprint: fingerprintUnder(null) },
      }),
    });
  };

  /** Sends calls for Google to the fake: reaching it by name would need Google's own certificate. */
  const bind = (binding: EgressBinding) => {
    const own = egress.bind({ endpoint: google.registry.url });
    return egressOver((call) => {
      const { origin, pathname, search } = new URL(call.url);
      expect([binding.endpoint, ...(binding.allowedOrigins ?? [])]).toContain(origin);
      called.push(origin);
      return own.request({ ...call, url: `${google.registry.url}${pathname}${search}` });
    });
  };

  const integration = (fields: Partial<RegisteredIntegration> = {}): RegisteredIntegration => ({
    ...{ id: 'i-1', tenantId: 'acme', provider: 'gcr', endpoint: ENDPOINT },
    ...{ authRef: 'authref://ambient/gcp', config: CONFIG },
    ...fields,
  });

  beforeEach(async () => {
    google = await FakeGoogle.start();
    google.registry.realm = `${ENDPOINT}/v2/token`;
    egress = new EgressClient({ policy: { allow: ['127.0.0.1/32'] }, userAgent: 'spec' });
    metadata = createServer((_request, response) => {
      response.setHeader('metadata-flavor', 'Google').setHeader('content-type', 'application/json');
      response.end(JSON.stringify({ access_token: google.issue(HOST), expires_in: 3_599 }));
    });
    await new Promise<void>((resolve) => metadata.listen(0, '127.0.0.1', resolve));
    const { port } = metadata.address() as AddressInfo;
    delete process.env['GOOGLE_APPLICATION_CREDENTIALS'];
    const host = { GCE_METADATA_HOST: `127.0.0.1:${port}`, METADATA_SERVER_DETECTION: 'assume-present' };
    Object.assign(process.env, host, { HOME: '/nowhere' });
    called = [];
    audited = [];
  });

  afterEach(async () => {
    process.env = { ...environment };
    await egress.close();
    await google.registry.close();
    await new Promise((resolve) => metadata.close(resolve));
  });

  it('is lent to a permitted tenant, and each use is audited', async () => {
    const verdict = await connectorLending('acme').test(
      integration({ config: { ...CONFIG, canary: `${REPOSITORY}:stable` } }),
      signal,
    );
    expect(verdict).toMatchObject({ code: 'ok', principal: { id: HOST }, permissions: { missing: [] } });
    expect(verdict.credential).toBeUndefined();
    const apis = ['https://oauth2.googleapis.com', 'https://artifactregistry.googleapis.com'];
    expect(new Set(called)).toEqual(new Set([ENDPOINT, ...apis]));
    expect(audited).toEqual(['acme ambient resolved']);
  });

  it('is not lent to any other tenant, whose error names the setting', async () => {
    const verdict = await connectorLending('platform').test(integration(), signal);
    expect(verdict).toMatchObject({
      ...{ code: 'secret_unresolvable', message: expect.stringContaining('AMBIENT_IDENTITY') },
    });
    expect([google.issued.size, called]).toEqual([0, []]);
    expect(audited).toEqual(['acme ambient denied']);
  });

  it.each<[string, Partial<RegisteredIntegration>]>([
    ['to another provider', { provider: 'oci', endpoint: 'https://evil.example', config: {} }],
    ['to another cloud', { authRef: 'authref://ambient/aws' }],
    ["to a host that is not Google's", { endpoint: 'https://evil.example', config: { ...CONFIG, location: 'us' } }],
    ['to APIs at another host', { config: { ...CONFIG, googleApis: 'https://evil.example' } }],
    ['without TLS', { endpoint: ENDPOINT.replace('https', 'http') }],
    [
      "to a server that only the tenant's CA bundle vouches for",
      { config: { ...CONFIG, caBundle: '-----BEGIN CERTIFICATE-----' } },
    ],
  ])('is not revealed %s, even if every tenant may use it', async (_what, fields) => {
    const verdict = await connectorLending('*').test(integration(fields), signal);
    expect(verdict).toMatchObject({
      ...{ code: 'secret_unresolvable', message: expect.stringMatching(/is used for (gcp|aws) only/) },
    });
    expect([google.issued.size, called]).toEqual([0, []]);
  });

  it('cannot be used as a proxy password', async () => {
    const connection = { proxy: 'http://proxy.example:3128', proxyAuthRef: 'authref://ambient/gcp' };
    const verdict = await connectorLending('*').test(integration({ config: { ...CONFIG, connection } }), signal);
    expect(verdict.message).toContain('is used for gcp only');
    expect(called).toEqual([]);
  });
});
