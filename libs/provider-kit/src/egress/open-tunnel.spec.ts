import { once } from 'node:events';
import type { ProviderError } from '../provider-error';
import { selfSigned } from './__fixtures__/certificates';
import { TestServer } from './__fixtures__/servers';
import { tunnelling } from './__fixtures__/tunnelling';
import { EgressClient, type EgressClientOptions } from './egress-client';
import { Proxy, PROXY_FAILED } from './open-tunnel';

const clients: EgressClient[] = [];

/** A client that can reach only the proxy. Names resolve at the proxy, to the loopback, but not at the client. */
function bound(
  proxy: TestServer,
  endpoint: string,
  options: Partial<EgressClientOptions> & { caBundle?: string } = {},
) {
  const client = new EgressClient({
    policy: { allow: ['127.0.0.1'] },
    userAgent: 'spec',
    resolve: () => Promise.reject(new Error('no DNS')),
    proxy: { url: proxy.origin.replace('http://', 'http://us%40er:pass@') },
    ...options,
  });
  clients.push(client);
  const egress = client.bind({ endpoint, ...(options.caBundle ? { caBundle: options.caBundle } : {}) });
  const get = (signal = new AbortController().signal) => egress.request({ method: 'GET', url: endpoint, signal });
  const failure = async (signal?: AbortSignal) => {
    const outcome: unknown = await get(signal).catch((error: unknown) => error);
    return outcome as ProviderError;
  };
  return { get, failure };
}

afterEach(async () => {
  await Promise.all(clients.splice(0).map((client) => client.close()));
});

describe('A proxy', () => {
  it('receives a CONNECT with the host name and its credential, and carries the call', async () => {
    const heads: string[] = [];
    await using target = await TestServer.http((request, response) => response.end(request.headers.host));
    await using proxy = await tunnelling(heads);
    const { get } = bound(proxy, `http://vendor.test:${target.port}/`);
    const first = await get();
    expect(first.text()).toBe(`vendor.test:${target.port}`);
    expect(first.connection).toMatchObject({ fresh: true });
    expect((await get()).connection).toEqual({ fresh: false });
    const basic = Buffer.from('us@er:pass').toString('base64');
    const authority = `vendor.test:${target.port}`;
    expect(heads).toEqual([
      `CONNECT ${authority} HTTP/1.1\r\nHost: ${authority}\r\nProxy-Authorization: Basic ${basic}\r\n\r\n`,
    ]);
  });

  it('receives no credential if it has none', async () => {
    const heads: string[] = [];
    await using target = await TestServer.http((_, response) => response.end());
    await using proxy = await tunnelling(heads);
    const authority = `vendor.test:${target.port}`;
    await bound(proxy, `http://${authority}/`, { proxy: { url: proxy.origin } }).get();
    expect(heads).toEqual([`CONNECT ${authority} HTTP/1.1\r\nHost: ${authority}\r\n\r\n`]);
  });

  it('receives an IPv6 address in brackets', async () => {
    const heads: string[] = [];
    await using target = await TestServer.http((_, response) => response.end());
    await using proxy = await tunnelling(heads);
    const authority = `[2606:4700:4700::1111]:${target.port}`;
    await bound(proxy, `http://${authority}/`).get();
    expect(heads[0]).toContain(`CONNECT ${authority} HTTP/1.1\r\nHost: ${authority}\r\n`);
  });

  it('carries the call to a name that the name server here does not answer for', async () => {
    await using target = await TestServer.http((_, response) => response.end('ok'));
    await using proxy = await tunnelling([]);
    const silent = { resolve: () => new Promise<never>(() => undefined) };
    expect((await bound(proxy, `http://vendor.test:${target.port}/`, silent).get()).text()).toBe('ok');
  });

  it('carries TLS from end to end', async () => {
    const certificate = selfSigned({ names: 'DNS:vendor.test' });
    await using target = await TestServer.https(certificate, (_, response) => response.end('ok'));
    await using proxy = await tunnelling([]);
    const endpoint = `https://vendor.test:${target.port}/`;
    const response = await bound(proxy, endpoint, { caBundle: certificate.cert }).get();
    expect(response.text()).toBe('ok');
    expect(response.connection).toMatchObject({ tlsMs: expect.any(Number), tls: { issuer: 'CN=Test authority' } });
    expect(await bound(proxy, endpoint).failure()).toMatchObject({ code: 'tls', stage: 'tls' });
  });

  it.each([
    'HTTP/1.1 407 Proxy Authentication Required\r\n\r\n',
    'HTTP/1.1 502 Bad Gateway\r\n\r\n',
    'SSH-2.0-x\r\n\r\n',
  ])('is named in the error if it answers %j', async (answer) => {
    await using proxy = await tunnelling([], answer);
    const failure = await bound(proxy, 'http://vendor.test/').failure();
    expect(failure).toMatchObject({ code: 'network', stage: 'tcp', message: expect.stringContaining('The proxy') });
    expect(failure.message).not.toContain('pass');
    await proxy.deserted();
  });

  it('that is silent, floods or is gone ends the call', async () => {
    await using silent = await TestServer.tcp(() => undefined);
    const slow = { connectTimeoutMs: 100 };
    const unopened = { code: 'timeout', stage: 'tcp', cause: { code: PROXY_FAILED } };
    expect(await bound(silent, 'http://vendor.test/', slow).failure()).toMatchObject({
      ...unopened,
      message: 'No connection to vendor.test within 100 ms: the proxy 127.0.0.1 did not open a tunnel',
    });
    const aborted = AbortSignal.timeout(200);
    expect(await bound(silent, 'http://vendor.test/').failure(aborted)).toMatchObject(unopened);
    await silent.deserted();

    await using flooding = await TestServer.tcp((socket) => void socket.write('x'.repeat(100_000)));
    expect(await bound(flooding, 'http://vendor.test/').failure()).toMatchObject({ code: 'network', stage: 'tcp' });

    const gone = await TestServer.tcp(() => undefined);
    const { failure } = bound(gone, 'http://vendor.test/');
    await gone[Symbol.asyncDispose]();
    expect(await failure()).toMatchObject({
      ...{ code: 'network', stage: 'tcp', message: 'No connection to the proxy 127.0.0.1 (ECONNREFUSED)' },
      cause: { code: PROXY_FAILED },
    });
  });

  it.each(['http://vendor.test/', 'https://vendor.test/'])(
    'is blamed, and the call ends at once, if it breaks off before the tunnel to %s is open',
    async (endpoint) => {
      await using hangingUp = await TestServer.tcp((socket) => socket.once('data', () => socket.end('HTTP/1.1 200 ')));
      const message = 'The proxy 127.0.0.1 did not open a tunnel (it hung up)';
      const patient = { connectTimeoutMs: 4_000, totalTimeoutMs: 4_000 };
      const failure = { code: 'network', stage: 'tcp', message, cause: { code: PROXY_FAILED } };
      expect(await bound(hangingUp, endpoint, patient).failure()).toMatchObject(failure);

      await using resetting = await TestServer.tcp((socket) => socket.once('data', () => socket.resetAndDestroy()));
      expect(await bound(resetting, endpoint, patient).failure()).toMatchObject({ code: 'network', stage: 'tcp' });

      await using silent = await TestServer.tcp(() => undefined);
      const slow = { connectTimeoutMs: 100 };
      expect(await bound(silent, endpoint, slow).failure()).toMatchObject({ code: 'timeout', stage: 'tcp' });
    },
  );

  it('is blamed with its own answer if it refuses the tunnel', async () => {
    await using refusing = await TestServer.tcp((socket) =>
      socket.once('data', () => socket.end('HTTP/1.1 407 Proxy Authentication Required\r\n\r\n')),
    );
    expect(await bound(refusing, 'https://vendor.test/').failure()).toMatchObject({
      ...{ code: 'network', message: 'The proxy 127.0.0.1 did not open a tunnel (it answered 407)' },
      cause: { code: PROXY_FAILED },
    });
  });

  it('does not bypass the address policy', async () => {
    await using proxy = await tunnelling([]);
    const inside = { resolve: async () => [{ address: '10.0.0.1', family: 4 }] };
    expect(await bound(proxy, 'http://inside.test/', inside).failure()).toMatchObject({ code: 'egress_blocked' });
    expect(await bound(proxy, 'http://169.254.169.254/').failure()).toMatchObject({ code: 'egress_blocked' });
    expect(proxy.connections).toBe(0);
  });

  it('is disconnected when the signal aborts', async () => {
    await using proxy = await TestServer.tcp(() => undefined);
    const aborting = new AbortController();
    const failure = bound(proxy, 'https://vendor.test/').failure(aborting.signal);
    await once(proxy.server, 'connection');
    aborting.abort();
    expect(await failure).toMatchObject({ code: 'timeout' });
    await proxy.deserted();
  });

  it('is not used for excepted hosts', async () => {
    await using target = await TestServer.http((_, response) => response.end('direct'));
    await using proxy = await tunnelling([]);
    const options = { proxy: { url: proxy.origin, except: ['127.0.0.1'] } };
    expect((await bound(proxy, target.origin, options).get()).text()).toBe('direct');
    expect(proxy.connections).toBe(0);

    const except = ['.inside.test', '*.corp.test', 'Exact.test', 'FD00:0:0::1'];
    const rules = new Proxy({ url: 'http://proxy.test:3128', except });
    const hosts = [
      'inside.test',
      'a.inside.test',
      'x.corp.test',
      'exact.test',
      'fd00::1',
      'notinside.test',
      'vendor.test',
    ];
    expect(hosts.filter((host) => rules.serves(host))).toEqual(['notinside.test', 'vendor.test']);
  });

  it("of an integration replaces the platform's, with its own credential, for every host", async () => {
    const heads: string[] = [];
    await using target = await TestServer.http((_, response) => response.end('ok'));
    await using own = await tunnelling(heads);
    await using platforms = await tunnelling([]);
    const client = new EgressClient({
      policy: { allow: ['127.0.0.1'] },
      userAgent: 'spec',
      proxy: { url: platforms.origin, except: ['127.0.0.1'] },
      namedProxies: ['http://proxy.test', own.origin],
    });
    clients.push(client);
    const get = (credential: string) =>
      client
        .bind({ endpoint: target.origin, proxy: { url: `${own.origin}/`, credential } })
        .request({ method: 'GET', url: target.origin, signal: AbortSignal.timeout(60_000) });

    expect((await get('us:er')).text()).toBe('ok');
    expect((await get('us:er')).connection).toEqual({ fresh: false });
    expect((await get('others:pass')).connection).toMatchObject({ fresh: true });
    const given = heads.map((head) => atob(/Basic (\S+)/.exec(head)?.[1] ?? ''));
    expect(given).toEqual(['us:er', 'others:pass']);
    expect(platforms.connections).toBe(0);
    expect(() => client.bind({ endpoint: target.origin, proxy: { url: 'http://proxy.test:80' } })).not.toThrow();
  });

  it('carries a call that needs a client certificate', async () => {
    const [server, ours] = [selfSigned({ names: 'DNS:vendor.test' }), selfSigned()];
    const strict = { ...server, ca: [ours.cert], requestCert: true, rejectUnauthorized: true };
    await using target = await TestServer.https(strict, (_, response) => response.end('ok'));
    await using proxy = await tunnelling([]);
    const client = new EgressClient({
      policy: { allow: [] },
      userAgent: 'spec',
      resolve: () => Promise.reject(new Error('no DNS')),
      namedProxies: [proxy.origin],
    });
    clients.push(client);
    const endpoint = `https://vendor.test:${target.port}/`;
    const clientCertificate = { certificate: ours.cert, key: ours.key, holder: 'i-1' };
    const route = { caBundle: server.cert, clientCertificate, proxy: { url: proxy.origin } };
    const call = { method: 'GET', url: endpoint, signal: AbortSignal.timeout(60_000) };
    expect((await client.bind({ endpoint, ...route }).request(call)).text()).toBe('ok');
  });

  it.each(['http://proxy.test:3129', 'http://127.0.0.1:3128', 'http://proxy.test.evil:3128', 'nonsense'])(
    'is refused if the operator has not named it: %s',
    (url) => {
      const options = { policy: { allow: ['0.0.0.0/0'] }, userAgent: 'spec', namedProxies: ['http://proxy.test:3128'] };
      const bind = () => new EgressClient(options).bind({ endpoint: 'http://vendor.test', proxy: { url } });
      expect(bind).toThrow(expect.objectContaining({ code: 'egress_blocked', stage: 'egress_policy' }) as Error);
    },
  );

  it.each(['', 'proxy.test:3128', 'https://us:hush@proxy.test', 'socks5://proxy.test'])(
    'cannot have the URL %j',
    (url) => {
      expect(() => new Proxy({ url })).toThrow(/^egress proxy: the URL must have the form http:\/\/host:port$/);
    },
  );
});
