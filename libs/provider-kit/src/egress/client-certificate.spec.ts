import { TLSSocket } from 'node:tls';
import type { ProviderError } from '../provider-error';
import { selfSigned, type SelfSigned } from './__fixtures__/certificates';
import { TestServer } from './__fixtures__/servers';
import { StrictServer } from './__fixtures__/strict-server';
import type { ClientCertificate } from './client-certificate';
import { EgressClient } from './egress-client';

const server = selfSigned();
const ours = selfSigned({ until: '20400102030405Z' });
const strangers = selfSigned();
const clients: EgressClient[] = [];

const shown = ({ cert, key }: SelfSigned, holder = 'acme/i-1'): ClientCertificate => ({
  certificate: cert,
  key,
  holder,
});

/** A server that accepts only known client certificates, and answers with the expiry of the one it was shown. */
function guarded(): Promise<TestServer> {
  const tls = { ...server, ca: [ours.cert], requestCert: true, rejectUnauthorized: true };
  return TestServer.https(tls, ({ socket }, response) => {
    response.end((socket as TLSSocket).getPeerX509Certificate()?.validTo);
  });
}

function egress(): EgressClient {
  const client = new EgressClient({ policy: { allow: ['127.0.0.1'] }, userAgent: 'spec' });
  clients.push(client);
  return client;
}

function get(client: EgressClient, { origin }: Pick<TestServer, 'origin'>, clientCertificate?: ClientCertificate) {
  const binding = { endpoint: origin, caBundle: server.cert, ...(clientCertificate ? { clientCertificate } : {}) };
  return client.bind(binding).request({ method: 'GET', url: origin, signal: AbortSignal.timeout(60_000) });
}

const failureOf = (call: Promise<unknown>): Promise<ProviderError> =>
  call.then(
    () => Promise.reject(new Error('the call succeeded')),
    (error: unknown) => error as ProviderError,
  );

afterEach(async () => {
  await Promise.all(clients.splice(0).map((client) => client.close()));
});

describe('A client certificate', () => {
  it('is shown to a service that requests one, and every answer carries its expiry', async () => {
    await using service = await guarded();
    const client = egress();
    const first = await get(client, service, shown(ours));
    const second = await get(client, service, shown(ours));

    expect(first.text()).toBe('Jan  2 03:04:05 2040 GMT');
    expect(first.connection).toMatchObject({ fresh: true, clientCertificate: { validTo: '2040-01-02T03:04:05.000Z' } });
    expect(second.connection).toEqual({
      ...second.connection,
      fresh: false,
      clientCertificate: first.connection.clientCertificate,
    });
    expect(service.connections).toBe(1);
  });

  it('may share one secret with its key', async () => {
    await using service = await guarded();
    const both = `${ours.cert}\n${ours.key}`;
    expect((await get(egress(), service, { certificate: both, key: both, holder: 'i' })).status).toBe(200);
  });

  it('opens connections that only its holder uses', async () => {
    await using service = await guarded();
    const client = egress();
    await get(client, service, shown(ours, 'acme/i-1'));
    await get(client, service, shown(ours, 'acme/i-2'));
    expect(service.connections).toBe(2);
    await failureOf(get(client, service));
    expect(service.connections).toBe(3);
  });

  it('opens new connections after its renewal', async () => {
    await using service = await TestServer.https(
      { ...server, requestCert: true, rejectUnauthorized: false },
      (_, response) => response.end(),
    );
    const client = egress();
    await get(client, service, shown(ours));
    await get(client, service, shown(strangers));
    expect(service.connections).toBe(2);
  });

  it.each(['-tls1_2', '-tls1_3'] as const)('fails the handshake if it is missing or unknown (%s)', async (version) => {
    await using service = await StrictServer.start(server, ours, version);
    expect((await get(egress(), service, shown(ours))).status).toBe(200);
    for (const certificate of [undefined, shown(strangers)]) {
      expect(await failureOf(get(egress(), service, certificate))).toMatchObject({ code: 'tls', stage: 'tls' });
    }
  });

  it.each([
    ['is no certificate', { ...shown(ours), certificate: 'hush' }, 'is not in PEM'],
    ['comes without a key', { ...shown(ours), key: ours.cert }, 'is not a private key'],
    [
      'comes with a malformed key',
      { ...shown(ours), key: '-----BEGIN PRIVATE KEY-----\nhush\n-----END PRIVATE KEY-----' },
      'is not a private key',
    ],
    ["comes with another's key", { ...shown(ours), key: strangers.key }, 'does not belong'],
  ])('is refused before the call if it %s, without revealing the key', async (_, certificate, message) => {
    await using service = await guarded();
    const failure = await failureOf(get(egress(), service, certificate));
    expect(failure).toMatchObject({
      code: 'unauthenticated',
      message: expect.stringContaining(message),
      cause: undefined,
    });
    expect(service.connections).toBe(0);
  });
});
