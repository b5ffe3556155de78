import { once } from 'node:events';
import fs from 'node:fs';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { gzipSync } from 'node:zlib';
import type { ProviderError } from '../provider-error';
import { selfSigned, type SelfSigned } from './__fixtures__/certificates';
import { TestServer } from './__fixtures__/servers';
import type { EgressRequest } from './egress';
import { type EgressBinding, EgressClient, type EgressClientOptions } from './egress-client';
import type { Resolver } from './name-resolution';

const LOOPBACK = { allow: ['127.0.0.0/8'] };
/** Long enough on a busy machine. */
const PATIENT = { connectTimeoutMs: 60_000, headersTimeoutMs: 60_000, totalTimeoutMs: 60_000 };
const clients: EgressClient[] = [];

function egressTo(endpoint: string, options: Partial<EgressClientOptions & EgressBinding> = {}) {
  const { allowedOrigins, caBundle, ...rest } = options;
  const client = new EgressClient({ policy: LOOPBACK, userAgent: 'kit-spec/1', ...PATIENT, ...rest });
  clients.push(client);
  const binding = { endpoint, ...(allowedOrigins ? { allowedOrigins } : {}), ...(caBundle ? { caBundle } : {}) };
  const egress = client.bind(binding);
  const get = (path: string, more: Partial<EgressRequest> = {}) =>
    egress.request({ method: 'GET', url: endpoint + path, signal: new AbortController().signal, ...more });
  return { client, egress, get };
}

const failureOf = (call: Promise<unknown>): Promise<ProviderError> =>
  call.then(
    () => Promise.reject(new Error('the call succeeded')),
    (error: unknown) => error as ProviderError,
  );

afterEach(async () => {
  await Promise.all(clients.splice(0).map((client) => client.close()));
});

describe('A call', () => {
  it('sends method, path, headers and body, and returns status, headers and body', async () => {
    await using server = await TestServer.http((request, response) => {
      let body = '';
      request.on('data', (chunk) => (body += chunk));
      request.on('end', () => {
        response.writeHead(418, { 'X-Seen': ['a', 'b'], 'content-type': 'text/plain' });
        const { method, url, headers } = request;
        response.end(JSON.stringify({ method, url, body, agent: headers['user-agent'], host: headers['host'] }));
      });
    });
    const { get } = egressTo(server.origin);
    const headers = { Host: 'evil.example', 'Content-Length': '3' };
    const response = await get('/a%20b?c=d', { method: 'post', body: 'grüße', headers });
    expect(response.status).toBe(418);
    expect(response.headers['x-seen']).toBe('a, b');
    expect(JSON.parse(response.text())).toEqual({
      method: 'POST',
      url: '/a%20b?c=d',
      body: 'grüße',
      agent: 'kit-spec/1',
      host: `127.0.0.1:${server.port}`,
    });
  });

  it('keeps the connection open after a HEAD', async () => {
    await using server = await TestServer.http((_, response) => response.setHeader('x-digest', 'a').end());
    const { get } = egressTo(server.origin);
    const first = await get('/', { method: 'HEAD' });
    await get('/', { method: 'HEAD' });
    expect(first.headers['x-digest']).toBe('a');
    expect(server.connections).toBe(1);
  });

  it('does not take data after the answer to a HEAD for the answer to the next call', async () => {
    const answer = (body: string) => `HTTP/1.1 200 OK\r\ncontent-length: ${body.length}\r\n\r\n${body}`;
    await using server = await TestServer.tcp((socket) => {
      socket.on('data', (chunk) =>
        socket.write(chunk.toString().startsWith('HEAD') ? answer(answer('evil')) : answer('true')),
      );
    });
    const { get } = egressTo(server.origin);
    for (let round = 0; round < 5; round++) {
      await get('/', { method: 'HEAD' });
      expect((await get('/')).text()).toBe('true');
    }
    expect(server.connections).toBe(6);
  });

  it('reuses the connection and reports it', async () => {
    await using server = await TestServer.http((_, response) => response.end('ok'));
    const { get } = egressTo(server.origin);
    const first = await get('/');
    const second = await get('/');
    expect(first.connection).toMatchObject({ fresh: true, tcpMs: expect.any(Number) });
    expect(first.connection.dnsMs).toBeUndefined();
    expect(second.connection).toEqual({ fresh: false });
    expect(server.connections).toBe(1);
  });

  it('measures the name resolution of a new connection', async () => {
    await using server = await TestServer.http((_, response) => response.end('ok'));
    const { get } = egressTo(`http://vendor.test:${server.port}`, {
      resolve: async () => [{ address: '127.0.0.1', family: 4 }],
    });
    expect((await get('/')).connection).toMatchObject({ fresh: true, dnsMs: expect.any(Number) });
  });

  it('refuses a header with a line break without quoting its value', async () => {
    const { get } = egressTo('http://127.0.0.1:9');
    const error = await failureOf(get('/', { headers: { authorization: 'Bearer hush\nhush' } }));
    expect(error).toMatchObject({ code: 'invalid_request', message: expect.stringContaining('authorization') });
    expect(error.message + String(error.cause)).not.toContain('hush');
  });
});

describe('The destination of a call', () => {
  it('is refused before name resolution if its origin does not belong to the integration', async () => {
    const resolve = jest.fn<ReturnType<Resolver>, [string]>();
    const { egress } = egressTo('https://vendor.test', { resolve, allowedOrigins: ['https://auth.vendor.test'] });
    for (const url of [
      'https://other.test/',
      'http://vendor.test/',
      'https://vendor.test:8443/',
      'ftp://vendor.test/',
    ]) {
      const call = egress.request({ method: 'GET', url, signal: AbortSignal.timeout(1_000) });
      expect(await failureOf(call)).toMatchObject({ code: 'egress_blocked', stage: 'egress_policy' });
    }
    for (const url of ['', 'no url', 'https://user:hush@vendor.test/', 'https://vendor.test@other.test/']) {
      const call = egress.request({ method: 'GET', url, signal: AbortSignal.timeout(1_000) });
      const error = await failureOf(call);
      expect(error).toMatchObject({ code: 'egress_blocked' });
      expect(error.message).not.toContain('hush');
    }
    expect(resolve).not.toHaveBeenCalled();
  });

  it('may be one of the additional origins', async () => {
    await using server = await TestServer.http((_, response) => response.end('token'));
    const { egress } = egressTo('https://vendor.test', { allowedOrigins: [server.origin] });
    const call = egress.request({ method: 'GET', url: `${server.origin}/token`, signal: AbortSignal.timeout(1_000) });
    expect((await call).text()).toBe('token');
  });

  it.each([
    'http://127.0.0.1/',
    'http://2130706433/',
    'http://0x7f.1/',
    'http://0177.0.0.1/',
    'http://127.1/',
    'http://127.0.0.1./',
    'http://①②⑦.0.0.1/',
    'http://0/',
    'http://[::1]/',
    'http://[::]/',
    'http://[::ffff:127.0.0.1]/',
    'http://[::ffff:a9fe:a9fe]/',
    'http://[::ffff:169.254.169.254]/',
    'http://[64:ff9b::a9fe:a9fe]/',
    'http://169.254.169.254/latest/meta-data/',
    'http://0xa9fea9fe/',
    'http://2852039166/',
  ])('is refused before any I/O for the IP literal in %s', async (url) => {
    const { egress } = egressTo(url, { policy: { allow: [] } });
    const error = await failureOf(egress.request({ method: 'GET', url, signal: AbortSignal.timeout(1_000) }));
    expect(error).toMatchObject({ code: 'egress_blocked', stage: 'egress_policy', transient: false });
  });

  it.each(['169.254.169.254', '127.0.0.1', '::ffff:10.0.0.1', '::1', '0.0.0.0', 'fe80::1%lo'])(
    'is refused if its name resolves to %s',
    async (address) => {
      await using server = await TestServer.http((_, response) => response.end('secrets'));
      const { get } = egressTo(`http://vendor.test:${server.port}`, {
        policy: { allow: [] },
        resolve: async () => [{ address, family: address.includes(':') ? 6 : 4 }],
      });
      expect(await failureOf(get('/'))).toMatchObject({ code: 'egress_blocked', stage: 'egress_policy' });
      expect(server.connections).toBe(0);
    },
  );

  it('is the checked address, even if the name has been rebound since', async () => {
    await using wanted = await TestServer.http((_, response) => response.end('wanted'));
    const answers = ['127.0.0.1', '169.254.169.254'];
    const resolve = jest.fn(async () => [{ address: answers.shift() ?? '169.254.169.254', family: 4 }]);
    const { get } = egressTo(`http://rebind.test:${wanted.port}`, { resolve });
    const first = await get('/', { headers: { connection: 'close' } }).catch(() => get('/'));
    expect(first.text()).toBe('wanted');
    expect(resolve).toHaveBeenCalledTimes(1);
  });

  it('is resolved once for concurrent calls, and again for the next call', async () => {
    await using server = await TestServer.http((_, response) => response.writeHead(200, { connection: 'close' }).end());
    const resolve = jest.fn(async () => {
      await new Promise((resolved) => setTimeout(resolved, 50));
      return [{ address: '127.0.0.1', family: 4 }];
    });
    const { get } = egressTo(`http://vendor.test:${server.port}`, { resolve });
    await Promise.all([get('/'), get('/'), get('/')]);
    expect(resolve).toHaveBeenCalledTimes(1);
    await get('/');
    expect(resolve).toHaveBeenCalledTimes(2);
  });

  it('is checked again for every new connection', async () => {
    await using server = await TestServer.http((_, response) => response.writeHead(200, { connection: 'close' }).end());
    const answers = ['127.0.0.1', '10.0.0.1'];
    const { get } = egressTo(`http://rebind.test:${server.port}`, {
      resolve: async () => [{ address: answers.shift() ?? '', family: 4 }],
    });
    expect((await get('/')).status).toBe(200);
    expect(await failureOf(get('/'))).toMatchObject({ code: 'egress_blocked' });
    expect(server.connections).toBe(1);
  });

  it('is one of the permitted addresses if a name has both kinds', async () => {
    await using server = await TestServer.http((_, response) => response.end('ok'));
    const { get } = egressTo(`http://mixed.test:${server.port}`, {
      resolve: async () => [
        { address: '::1', family: 6 },
        { address: '10.0.0.1', family: 4 },
        { address: '127.0.0.1', family: 4 },
      ],
    });
    expect((await get('/')).text()).toBe('ok');
  });

  it('requires an http endpoint and a well-formed allow-list', () => {
    expect(() => egressTo('file:///etc/passwd')).toThrow(expect.objectContaining({ code: 'invalid_request' }));
    expect(() => egressTo('vendor.test')).toThrow(expect.objectContaining({ code: 'invalid_request' }));
    expect(() => egressTo('http://vendor.test', { policy: { allow: ['10.0.0.0/99'] } })).toThrow('10.0.0.0/99');
  });
});

describe('Redirects', () => {
  const redirecting = (status: number, location: (origin: string) => string) =>
    TestServer.http((request, response) => {
      if (request.url === '/new') return response.end(`${request.method} ${request.headers['authorization']}`);
      response.writeHead(status, { location: location(`http://${request.headers.host}`) }).end();
    });
  const headers = { authorization: 'Bearer t' };

  it.each([301, 302, 303, 307, 308])(
    'are followed after a %d of a GET within the origin, by path or URL',
    async (status) => {
      await using byPath = await redirecting(status, () => '/new');
      await using byUrl = await redirecting(status, (origin) => `${origin}/new`);
      for (const server of [byPath, byUrl]) {
        expect((await egressTo(server.origin).get('/old', { headers })).text()).toBe('GET Bearer t');
      }
    },
  );

  it.each([307, 308])('repeat a POST after a %d', async (status) => {
    await using server = await redirecting(status, () => '/new');
    const response = await egressTo(server.origin).get('/old', { method: 'POST', body: 'x', headers });
    expect(response.text()).toBe('POST Bearer t');
  });

  it.each([301, 302, 303])('are not followed after a %d of a POST, whose answer is returned', async (status) => {
    await using server = await redirecting(status, () => '/new');
    expect((await egressTo(server.origin).get('/old', { method: 'POST' })).status).toBe(status);
  });

  it('stop at another origin, even an allowed one, and send nothing there', async () => {
    await using other = await TestServer.http((_, response) => response.end('stolen'));
    await using server = await redirecting(302, () => `${other.origin}/new?secret`);
    const { get } = egressTo(server.origin, { allowedOrigins: [other.origin] });
    const error = await failureOf(get('/old', { headers }));
    expect(error).toMatchObject({ code: 'egress_blocked', message: expect.stringContaining(other.origin) });
    expect(error.message).not.toContain('secret');
    expect(other.connections).toBe(0);
  });

  it.each(['http://user:pw@HOST/new', 'http://169.254.169.254/', 'https://HOST/new', '//evil.test/', 'http://[bad/'])(
    'are not followed to %s',
    async (location) => {
      await using server = await redirecting(302, (origin) => location.replace('HOST', origin.slice('http://'.length)));
      const error = await failureOf(egressTo(server.origin).get('/old'));
      expect(['egress_blocked', 'network']).toContain(error.code);
    },
  );

  it('are followed three times at most', async () => {
    let requests = 0;
    await using server = await TestServer.http((request, response) => {
      requests++;
      const left = Number(request.url?.slice(1));
      if (left === 0) return response.end('there');
      response.writeHead(302, { location: `/${left - 1}` }).end();
    });
    const { get } = egressTo(server.origin);
    expect((await get('/3')).text()).toBe('there');
    requests = 0;
    expect(await failureOf(get('/9'))).toMatchObject({ code: 'network', message: expect.stringContaining('circles') });
    expect(requests).toBe(4);
  });
});

describe('Limits', () => {
  it('refuse a body above the cap, announced or not, and drop the connection', async () => {
    const megabyte = Buffer.alloc(1024 * 1024, 'x');
    await using server = await TestServer.http((request, response) => {
      if (request.url === '/announced') response.setHeader('content-length', 10 * megabyte.length);
      for (let i = 0; i < 10; i++) response.write(megabyte);
      response.end();
    });
    const small = egressTo(server.origin, { maxResponseBytes: 100_000 });
    for (const path of ['/announced', '/chunked']) {
      expect(await failureOf(small.get(path))).toMatchObject({ code: 'too_large', stage: 'http', transient: false });
      await server.deserted();
    }
    const response = await egressTo(server.origin).get('/announced');
    expect(response.body.length).toBe(10 * megabyte.length);
  });

  it('allow a body in single bytes, and use no more memory for it than for another', async () => {
    const bytes = 1_000_000;
    await using server = await TestServer.tcp((socket) => {
      socket.write('HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n');
      socket.end(`${'1\r\nx\r\n'.repeat(bytes)}0\r\n\r\n`);
    });
    setFlagsFromString('--expose-gc');
    const collect = runInNewContext('gc') as () => void;
    const inUse = () => {
      collect();
      return process.memoryUsage().heapUsed;
    };
    const before = inUse();
    const grown: number[] = [];
    const watch = setInterval(() => grown.push(inUse() - before), 20);
    // If left behind, it would slow down all later tests in this process.
    const response = await egressTo(server.origin)
      .get('/')
      .finally(() => clearInterval(watch));
    expect(response.text()).toBe('x'.repeat(bytes));
    expect(grown).not.toEqual([]);
    expect(Math.max(...grown)).toBeLessThan(10 * bytes);
  });

  it('decompress an answer that was compressed unasked, and refuse a decompression bomb', async () => {
    await using server = await TestServer.http((request, response) => {
      response.setHeader('content-encoding', request.url === '/odd' ? 'zstd-of-mine' : 'gzip');
      if (request.url === '/bomb') return response.end(gzipSync(Buffer.alloc(50_000_000)));
      if (request.url === '/garbage') return response.end('not gzip');
      response.end(gzipSync(`asked for ${request.headers['accept-encoding']}`));
    });
    const { get } = egressTo(server.origin, { maxResponseBytes: 1_000_000 });
    const response = await get('/', { headers: { 'Accept-Encoding': 'gzip' } });
    expect(response.text()).toBe('asked for identity');
    expect(response.headers).not.toHaveProperty('content-encoding');
    expect(await failureOf(get('/bomb'))).toMatchObject({ code: 'too_large' });
    expect(await failureOf(get('/garbage'))).toMatchObject({ code: 'network', stage: 'http' });
    expect(await failureOf(get('/odd'))).toMatchObject({ code: 'network', stage: 'http' });
  });

  it('end the wait for headers, and close the socket', async () => {
    await using server = await TestServer.http(() => undefined);
    const { get } = egressTo(server.origin, { headersTimeoutMs: 100 });
    expect(await failureOf(get('/'))).toMatchObject({ code: 'timeout', stage: 'http', transient: true });
    await server.deserted();
  });

  it('give a body the time of the whole call, not that of the headers', async () => {
    await using server = await TestServer.http((_, response) => {
      response.flushHeaders();
      setTimeout(() => response.end('late'), 1_800).unref();
    });
    expect((await egressTo(server.origin, { headersTimeoutMs: 1_500 }).get('/')).text()).toBe('late');
  });

  it('end a body that never ends after the total time', async () => {
    await using server = await TestServer.http(
      (_, response) => void setInterval(() => response.write('.'), 10).unref(),
    );
    const { get } = egressTo(server.origin, { totalTimeoutMs: 400 });
    const started = performance.now();
    expect(await failureOf(get('/'))).toMatchObject({ code: 'timeout', stage: 'http' });
    expect(performance.now() - started).toBeLessThan(10_000);
    await server.deserted();
  });

  it.each([
    ['name', 'dns', () => new Promise<never>(() => undefined)],
    ['TLS handshake', 'tls', async () => [{ address: '127.0.0.1', family: 4 }]],
  ] as const)('end a %s that takes too long', async (_, stage, resolve) => {
    await using server = await TestServer.tcp(() => undefined);
    const { get } = egressTo(`https://slow.test:${server.port}`, { connectTimeoutMs: 300, resolve });
    expect(await failureOf(get('/'))).toMatchObject({ code: 'timeout', stage });
    await server.deserted();
  });
});

describe('The signal', () => {
  it('stops a call before it starts', async () => {
    const { get } = egressTo('http://127.0.0.1:9');
    const error = await failureOf(get('/', { signal: AbortSignal.abort(new Error('shutting down')) }));
    expect(error).toMatchObject({ code: 'timeout', cause: { message: 'shutting down' } });
  });

  it.each(['a new connection', 'an open connection'])('stops a call just before it is written to %s', async (on) => {
    let requests = 0;
    await using server = await TestServer.http((_, response) => void (requests++, response.end()));
    const { get } = egressTo(server.origin);
    if (on === 'an open connection') await get('/');
    const before = requests;
    const caller = new AbortController();
    const beforeSending = () => caller.abort('too late');
    const error = await failureOf(get('/', { signal: caller.signal, beforeSending }));
    expect(error).toMatchObject({ code: 'timeout', cause: 'too late' });
    await get('/');
    expect(requests).toBe(before + 1);
  });

  it.each(['/headers', '/body'])('ends a call that waits for %s, and destroys its socket', async (path) => {
    await using server = await TestServer.http((request, response) => {
      if (request.url === '/body') response.write('half of it');
    });
    const aborting = new AbortController();
    const { get } = egressTo(server.origin);
    const failure = failureOf(get(path, { signal: aborting.signal }));
    await once(server.server, 'request');
    await new Promise((resolve) => setTimeout(resolve, 30));
    aborting.abort();
    expect(await failure).toMatchObject({ code: 'timeout', stage: 'http' });
    await server.deserted();
  });

  it('ends a call in its TLS handshake, and destroys the socket', async () => {
    await using server = await TestServer.tcp(() => undefined);
    const aborting = new AbortController();
    const { get } = egressTo(`https://127.0.0.1:${server.port}`);
    const failure = failureOf(get('/', { signal: aborting.signal }));
    await once(server.server, 'connection');
    await new Promise((resolve) => setTimeout(resolve, 30));
    aborting.abort();
    expect(await failure).toMatchObject({ code: 'timeout', stage: 'tls' });
    await server.deserted();
  });

  it('at once ends a call that waits for a free connection, which is then never sent', async () => {
    const asked: string[] = [];
    const answers: (() => void)[] = [];
    await using server = await TestServer.http((request, response) => {
      asked.push(request.url ?? '');
      answers.push(() => response.end());
    });
    const { get } = egressTo(server.origin);
    const holding = Array.from({ length: 128 }, () => get('/held'));
    while (answers.length < holding.length) await once(server.server, 'request');
    const aborting = new AbortController();
    const failure = failureOf(get('/given-up', { signal: aborting.signal }));
    const waiting = get('/waited');
    aborting.abort();
    expect(await failure).toMatchObject({ code: 'timeout' });
    answers.splice(0).forEach((answer) => answer());
    await Promise.all(holding);
    while (answers.length === 0) await once(server.server, 'request');
    answers.forEach((answer) => answer());
    await waiting;
    expect(asked.filter((path) => path !== '/held')).toEqual(['/waited']);
  });

  it('ends one of two calls without affecting the other', async () => {
    await using server = await TestServer.http((_, response) => void setTimeout(() => response.end('ok'), 50));
    const { get } = egressTo(server.origin);
    const aborting = new AbortController();
    const calls = [failureOf(get('/', { signal: aborting.signal })), get('/')] as const;
    aborting.abort();
    expect(await calls[0]).toMatchObject({ code: 'timeout' });
    expect((await calls[1]).text()).toBe('ok');
  });
});

describe('A broken transport', () => {
  it('is reported for a name that does not resolve', async () => {
    const { get } = egressTo('http://nowhere.test', {
      resolve: () => Promise.reject(Object.assign(new Error('no'), { code: 'ENOTFOUND' })),
    });
    expect(await failureOf(get('/'))).toMatchObject({ code: 'network', stage: 'dns', cause: { code: 'ENOTFOUND' } });
    const empty = egressTo('http://empty.test', { resolve: async () => [] });
    expect(await failureOf(empty.get('/'))).toMatchObject({ code: 'network', stage: 'dns' });
  });

  it("is our own fault, not the vendor's, when no file descriptor is left", async () => {
    const failing = (code: string) => () => Promise.reject(Object.assign(new Error('no'), { code }));
    const without = egressTo('http://vendor.test', { resolve: failing('EMFILE') });
    expect(await failureOf(without.get('/'))).toMatchObject({ code: 'internal', cause: { code: 'EMFILE' } });

    const opening = jest.spyOn(fs, 'openSync').mockImplementation(() => {
      throw Object.assign(new Error('too many'), { code: 'EMFILE' });
    });
    const unasked = egressTo('http://vendor.test', { resolve: failing('ENOTFOUND') });
    const unasking = await failureOf(unasked.get('/')).finally(() => opening.mockRestore());
    expect(unasking).toMatchObject({ code: 'internal', cause: { code: 'EMFILE' } });
  });

  it('is reported for a port where nothing listens', async () => {
    const server = await TestServer.http(() => undefined);
    const { origin } = server;
    await server[Symbol.asyncDispose]();
    const error = await failureOf(egressTo(origin).get('/'));
    expect(error).toMatchObject({ code: 'network', stage: 'tcp', transient: true, cause: { code: 'ECONNREFUSED' } });
  });

  it.each([
    ['reset', (socket: import('node:net').Socket) => void socket.once('data', () => socket.resetAndDestroy())],
    ['closed', (socket: import('node:net').Socket) => void socket.once('data', () => socket.end())],
    [
      'cut short',
      (socket: import('node:net').Socket) => socket.end('HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\nhalf'),
    ],
    ['not HTTP', (socket: import('node:net').Socket) => void socket.write('SSH-2.0-OpenSSH_9.2\r\n')],
    [
      'endless headers',
      (socket: import('node:net').Socket) => void socket.write(`HTTP/1.1 200 OK\r\nx: ${'y'.repeat(99_999)}`),
    ],
  ])('is reported for an answer that is %s', async (_, behave) => {
    await using server = await TestServer.tcp(behave);
    const { get } = egressTo(server.origin);
    const error = await failureOf(get('/'));
    expect(['network', 'too_large']).toContain(error.code);
    expect(error.stage).toBe('http');
    await server.deserted();
    expect(await failureOf(get('/'))).toMatchObject({ stage: 'http' });
  });
});

describe('TLS', () => {
  let good: SelfSigned;
  beforeAll(() => (good = selfSigned()));
  const answer = (_: unknown, response: import('node:http').ServerResponse) => response.end('secret garden');

  it("trusts the CA bundle of the integration and reports the server's certificate", async () => {
    await using server = await TestServer.https(good, answer);
    const { get } = egressTo(server.origin, { caBundle: good.cert });
    const { connection } = await get('/');
    const tls = { issuer: 'CN=Test authority', validTo: '2049-01-01T00:00:00.000Z' };
    expect(connection).toMatchObject({ fresh: true, tlsMs: expect.any(Number), tls });
    expect((await get('/')).connection).toEqual({ fresh: false, tls });
  });

  it('sends the host name in the handshake', async () => {
    const wanted: string[] = [];
    const SNICallback: import('node:https').ServerOptions['SNICallback'] = (name, callback) => {
      wanted.push(name);
      callback(null);
    };
    await using server = await TestServer.https({ ...good, SNICallback }, answer);
    const resolve = async () => [{ address: '127.0.0.1', family: 4 }];
    const { get } = egressTo(`https://localhost:${server.port}`, { caBundle: good.cert, resolve });
    expect((await get('/')).text()).toBe('secret garden');
    expect(wanted).toEqual(['localhost']);
  });

  it('does not share connections between bindings with different CA bundles', async () => {
    await using server = await TestServer.https(good, answer);
    const { client, get } = egressTo(server.origin, { caBundle: good.cert });
    await get('/');
    const other = client.bind({ endpoint: server.origin });
    const call = other.request({ method: 'GET', url: server.origin, signal: AbortSignal.timeout(1_000) });
    const cause = { code: 'DEPTH_ZERO_SELF_SIGNED_CERT' };
    expect(await failureOf(call)).toMatchObject({ code: 'tls', stage: 'tls', cause });
  });

  it('caches the connections of the 200 most recently used large bundles', async () => {
    await using server = await TestServer.http(answer);
    const { client } = egressTo(server.origin);
    const get = async (name: string) => {
      const caBundle = `${good.cert}\n${name}`.padEnd(100_000);
      const egress = client.bind({ endpoint: server.origin, caBundle });
      return egress.request({ method: 'GET', url: server.origin, signal: new AbortController().signal });
    };
    await get('one');
    for (let n = 0; n < 199; n++) await get(`another ${n}`);
    expect((await get('one')).connection.fresh).toBe(false);
    for (let n = 0; n < 200; n++) await get(`another ${n}`);
    expect((await get('one')).connection.fresh).toBe(true);
  });

  it('follows a redirect even if its bundle has been evicted in the meantime', async () => {
    const reached = Promise.withResolvers<void>();
    const moved = Promise.withResolvers<void>();
    await using server = await TestServer.http(({ url }, response) => {
      if (url !== '/old') return void response.end('there');
      reached.resolve();
      void moved.promise.then(() => response.writeHead(302, { location: '/new' }).end());
    });
    const { client } = egressTo(server.origin);
    const get = async (name: string, path = '/') => {
      const caBundle = `${good.cert}\n${name}`.padEnd(100_000);
      const egress = client.bind({ endpoint: server.origin, caBundle });
      return egress.request({ method: 'GET', url: `${server.origin}${path}`, signal: new AbortController().signal });
    };
    const redirected = get('one', '/old');
    await reached.promise;
    for (let n = 0; n < 200; n++) await get(`another ${n}`);
    moved.resolve();
    expect((await redirected).text()).toBe('there');
  });

  it.each([
    ['for another name', { names: 'DNS:other.test' }, 'ERR_TLS_CERT_ALTNAME_INVALID'],
    ['expired', { until: '20210101000000Z' }, 'CERT_HAS_EXPIRED'],
    ['not valid yet', { from: '20480101000000Z' }, 'CERT_NOT_YET_VALID'],
  ])('refuses a certificate that is %s', async (_, options, code) => {
    const certificate = selfSigned(options);
    await using server = await TestServer.https(certificate, answer);
    const { get } = egressTo(server.origin, { caBundle: certificate.cert });
    expect(await failureOf(get('/'))).toMatchObject({ code: 'tls', stage: 'tls', cause: { code } });
  });

  it('refuses an untrusted certificate in spite of NODE_TLS_REJECT_UNAUTHORIZED', async () => {
    process.env['NODE_TLS_REJECT_UNAUTHORIZED'] = '0';
    try {
      await using server = await TestServer.https(good, answer);
      expect(await failureOf(egressTo(server.origin).get('/'))).toMatchObject({ code: 'tls' });
    } finally {
      delete process.env['NODE_TLS_REJECT_UNAUTHORIZED'];
    }
  });

  it('reports a port that does not speak TLS', async () => {
    await using plain = await TestServer.http(answer);
    expect(await failureOf(egressTo(`https://127.0.0.1:${plain.port}`).get('/'))).toMatchObject({
      code: 'tls',
      stage: 'tls',
      cause: { code: expect.stringContaining('ERR_SSL') },
    });
  });

  it('reports that the server requires a client certificate', async () => {
    await using server = await TestServer.https({ ...good, requestCert: true, rejectUnauthorized: true }, answer);
    const error = await failureOf(egressTo(server.origin, { caBundle: good.cert }).get('/'));
    expect(error).toMatchObject({ code: 'tls', stage: 'tls' });
  });

  it('refuses a malformed CA bundle', async () => {
    for (const caBundle of ['rubbish', '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----']) {
      const error = await failureOf(egressTo('https://127.0.0.1:9', { caBundle }).get('/'));
      expect(error).toMatchObject({ code: 'invalid_request', message: expect.stringContaining('CA bundle') });
    }
  });
});

describe('fetch', () => {
  it('returns responses like the global fetch', async () => {
    await using server = await TestServer.http((request, response) => {
      let body = '';
      request.on('data', (chunk) => (body += chunk));
      request.on('end', () => {
        response.writeHead(201, { 'x-type': `${request.headers['content-type']}`, 'set-cookie': ['a=1', 'b=2'] });
        response.end(JSON.stringify({ method: request.method, body }));
      });
    });
    const { fetch } = egressTo(server.origin).egress;
    const url = `${server.origin}/x`;
    const headers = { 'content-type': 'application/json' };
    const response = await fetch(url, { method: 'patch', body: '{}', headers });
    expect(response).toMatchObject({ status: 201, ok: true, url });
    expect(response.headers.get('x-type')).toBe('application/json');
    expect(await response.json()).toEqual({ method: 'PATCH', body: '{}' });

    const form = await fetch(new URL(url), { method: 'POST', body: new URLSearchParams({ a: 'b c' }) });
    expect(form.headers.get('x-type')).toBe('application/x-www-form-urlencoded;charset=UTF-8');
    expect(await form.json()).toEqual({ method: 'POST', body: 'a=b+c' });

    const request = new Request(url, { method: 'PUT', body: new Blob(['blob']), headers });
    expect(await (await fetch(request)).json()).toEqual({ method: 'PUT', body: 'blob' });
    expect(await (await fetch(url)).json()).toEqual({ method: 'GET', body: '' });
  });

  it.each([204, 304])('returns no body with a %d', async (status) => {
    await using server = await TestServer.http((_, response) => response.writeHead(status).end());
    const response = await egressTo(server.origin).egress.fetch(server.origin);
    expect(response).toMatchObject({ status, body: null });
  });

  it('rejects with the ProviderError itself, and never quotes a header', async () => {
    const { fetch } = egressTo('http://127.0.0.1:9').egress;
    expect(await failureOf(fetch('http://127.0.0.1:9/'))).toMatchObject({ name: 'ProviderError', code: 'network' });
    expect(await failureOf(fetch('http://elsewhere.test/'))).toMatchObject({ code: 'egress_blocked' });
    const error = await failureOf(fetch('http://127.0.0.1:9/', { headers: { authorization: 'a\nhush' } }));
    expect(error).toMatchObject({ code: 'invalid_request' });
    expect(error.message).not.toContain('hush');
    const signal = AbortSignal.abort();
    expect(await failureOf(fetch('http://127.0.0.1:9/', { signal }))).toMatchObject({ code: 'timeout' });
  });
});

describe('close', () => {
  it('waits for running calls and then closes every connection', async () => {
    await using server = await TestServer.http((_, response) => void setTimeout(() => response.end('done'), 50));
    const { client, get } = egressTo(server.origin);
    const call = get('/');
    await once(server.server, 'request');
    await Promise.all([client.close(), expect(call.then((response) => response.text())).resolves.toBe('done')]);
    await server.deserted();
  });
});
