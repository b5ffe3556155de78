import type { ServerOptions } from 'node:https';
import { selfSigned } from './__fixtures__/certificates';
import { TestServer } from './__fixtures__/servers';
import { tunnelling } from './__fixtures__/tunnelling';
import { EgressClient } from './egress-client';
import type { EgressRequest } from './egress';

const PUBLIC = '1.1.1.1';
const certificate = selfSigned({ names: 'DNS:elsewhere.test' });
const HEADERS = { authorization: 'Bearer t', 'private-token': 't', accept: 'application/json' };

/** The result of a call that is redirected to https://elsewhere.test, which resolves to `address`. Status 0: none. */
async function redirected(
  { address = PUBLIC, scheme = 'https', status = 200 } = {},
  request: Partial<EgressRequest> = { mayLeave: true },
) {
  const seen: { headers: object; certificate: object }[] = [];
  const tls: ServerOptions = { ...certificate, requestCert: true, rejectUnauthorized: false };
  await using elsewhere = await TestServer.https(tls, ({ headers, socket }, response) => {
    seen.push({ headers, certificate: (socket as unknown as { getPeerCertificate(): object }).getPeerCertificate() });
    if (status === 0) socket.destroy();
    else response.writeHead(status).end('there');
  });
  await using home = await TestServer.http((_, response) => {
    response.writeHead(307, { location: `${scheme}://elsewhere.test:${elsewhere.port}/v2/x` }).end();
  });
  await using proxy = await tunnelling();
  const client = new EgressClient({
    ...{ policy: { allow: ['127.0.0.1', '10.0.0.0/8'] }, userAgent: 'spec' },
    resolve: async () => [{ address, family: 4 }],
    proxy: { url: proxy.origin },
  });
  const holder = { certificate: certificate.cert, key: certificate.key, holder: 'i' };
  const egress = client.bind({ endpoint: home.origin, caBundle: certificate.cert, clientCertificate: holder });
  try {
    const call = { method: 'GET', url: `${home.origin}/v2/x`, headers: HEADERS, signal: AbortSignal.timeout(60_000) };
    const outcome: unknown = await egress.request({ ...call, ...request }).catch((error: unknown) => error);
    return { outcome, seen };
  } finally {
    await client.close();
  }
}

describe('A redirect to another origin', () => {
  it('is followed if the request may leave, without a credential or client certificate', async () => {
    const { outcome, seen } = await redirected();
    expect(outcome).toMatchObject({ status: 200, connection: { fresh: true } });
    expect((outcome as { connection: object }).connection).not.toHaveProperty('tls');
    expect(seen).toHaveLength(1);
    const { host: _host, connection: _connection, ...headers } = seen[0]!.headers as Record<string, string>;
    expect(headers).toEqual({ accept: 'application/json', 'accept-encoding': 'identity', 'user-agent': 'spec' });
    expect(seen[0]!.certificate).toEqual({});
  });

  it.each<[string, Parameters<typeof redirected>]>([
    ['a request that must stay at its origin', [{}, {}]],
    ['a write', [{}, { mayLeave: true, method: 'POST', body: 'x' }]],
    ['a private address, though it is open to endpoints', [{ address: '10.1.2.3' }]],
    ['the address of cloud metadata', [{ address: '169.254.169.254' }]],
    ['a target without TLS', [{ scheme: 'http' }]],
  ])('is not followed for %s', async (_what, args) => {
    const { outcome, seen } = await redirected(...args);
    expect(outcome).toMatchObject({ code: 'egress_blocked' });
    expect(seen).toEqual([]);
  });

  it('names public addresses as the only allowed targets, whatever else is open', async () => {
    const { outcome } = await redirected({ address: '10.1.2.3' });
    expect(outcome).toMatchObject({ message: expect.stringMatching(/elsewhere\.test.*public addresses only$/) });
  });

  it('fails with a transient error if the target does not answer', async () => {
    const { outcome } = await redirected({ status: 0 });
    expect(outcome).toMatchObject({ code: 'network', transient: true });
  });

  it.each([401, 403])(
    "reports that the target wants a credential, without blaming the integration's own: %d",
    async (status) => {
      const { outcome } = await redirected({ status });
      expect(outcome).toMatchObject({
        code: 'egress_blocked',
        message: expect.stringContaining('requires a credential'),
      });
    },
  );
});
