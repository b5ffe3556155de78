import { chmodSync, mkdtempSync, renameSync, rmSync } from 'node:fs';
import type { IncomingMessage } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ProviderError } from '../provider-error';
import { failureCodeOf } from '../probe/probe-failure';
import { TestServer } from './__fixtures__/servers';
import { EgressClient, type EgressClientOptions } from './egress-client';
import { baseUrlOf } from './unix-sockets';

const UNPRIVILEGED_UID = 65_534;

let directory: string;
let path: string;
const clients: EgressClient[] = [];

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'socket-'));
  path = join(directory, 'a.sock');
});
afterEach(async () => {
  await Promise.all(clients.splice(0).map((client) => client.close()));
  rmSync(directory, { recursive: true });
});

/** A client whose operator allows nothing but this socket and has configured an unreachable proxy. */
function client(options: Partial<EgressClientOptions> = {}): EgressClient {
  const made = new EgressClient({
    ...{ policy: { allow: [] }, userAgent: 'spec', unixSockets: [path], proxy: { url: 'http://127.0.0.1:9' } },
    ...options,
  });
  clients.push(made);
  return made;
}

function get(egress: EgressClient, url: string, socket = path) {
  return egress
    .bind({ endpoint: `unix://${socket}` })
    .request({ method: 'GET', url, signal: AbortSignal.timeout(60_000) });
}

const call = (egress = client()) => get(egress, `${baseUrlOf(`unix://${path}`)}/v1.41/info?a=b`);

const failureOf = (call: Promise<unknown>): Promise<ProviderError> =>
  call.then(
    () => Promise.reject(new Error('the call succeeded')),
    (error: unknown) => error as ProviderError,
  );

describe('A unix socket', () => {
  it('is called over HTTP, bypasses proxies and address policy, and keeps its connection', async () => {
    const seen: Pick<IncomingMessage, 'url' | 'headers'>[] = [];
    await using _ = await TestServer.unix(path, (request, response) => {
      seen.push(request);
      response.end('ok');
    });
    const egress = client();
    const first = await call(egress);
    const second = await call(egress);

    expect(first.text()).toBe('ok');
    expect(seen[0]).toMatchObject({ url: '/v1.41/info?a=b', headers: { host: 'localhost' } });
    expect(first.connection).toEqual({ fresh: true, tcpMs: expect.any(Number) });
    expect(second.connection).toEqual({ fresh: false });
  });

  it('shares no connections with another socket', async () => {
    const other = join(directory, 'b.sock');
    await using _a = await TestServer.unix(path, (_, response) => response.end('a'));
    await using _b = await TestServer.unix(other, (_, response) => response.end('b'));
    const egress = client({ unixSockets: [path, other] });
    const url = 'http://localhost/';
    const answers = [await get(egress, url), await get(egress, url, other), await get(egress, url)];
    expect(answers.map((answer) => answer.text())).toEqual(['a', 'b', 'a']);
  });

  it('leads to no other origin, whatever the binding or an answer says', async () => {
    await using _ = await TestServer.unix(path, (_, response) => {
      response.writeHead(302, { location: 'http://127.0.0.1:9/' }).end();
    });
    const egress = client().bind({ endpoint: `unix://${path}`, allowedOrigins: ['https://other.example'] });
    const ask = (url: string) => egress.request({ method: 'GET', url, signal: AbortSignal.timeout(60_000) });
    expect(await failureOf(ask('https://other.example/'))).toMatchObject({ code: 'egress_blocked' });
    expect(await failureOf(ask('http://localhost:1/'))).toMatchObject({ code: 'egress_blocked' });
    expect(await failureOf(ask('http://localhost/'))).toMatchObject({ code: 'egress_blocked' });
  });

  it.each([[[]], [['/run/docker.sock']], [[`/tmp/..${tmpdir()}`]]])(
    'is closed while the operator allows %j',
    (named) => {
      const bind = () => client({ unixSockets: named }).bind({ endpoint: `unix://${path}` });
      expect(bind).toThrow(expect.objectContaining({ code: 'egress_blocked', stage: 'egress_policy' }));
      expect(bind).toThrow(`${path} is not allowed for integrations (EGRESS_UNIX_SOCKETS)`);
    },
  );

  it('is out of reach for an integration with an http endpoint', async () => {
    await using _ = await TestServer.unix(path, (_, response) => response.end());
    const egress = client({ proxy: undefined }).bind({ endpoint: 'http://localhost' });
    const failure = await failureOf(
      egress.request({ method: 'GET', url: 'http://localhost/', signal: AbortSignal.timeout(60_000) }),
    );
    expect(failure).toMatchObject({ code: 'egress_blocked' });
  });

  it('fails with a clear message if it does not exist', async () => {
    const failure = await failureOf(call());
    expect(failure).toMatchObject({ code: 'network', stage: 'tcp', transient: true });
    expect(failure.message).toBe(`There is no socket ${path} here (ENOENT)`);
    expect(failureCodeOf(failure)).toBe('tcp_refused');
  });

  it('fails with a clear message if nothing listens any more', async () => {
    const left = join(directory, 'left.sock');
    await using server = await TestServer.unix(path, (_, response) => response.end());
    renameSync(path, left);
    await server[Symbol.asyncDispose]();
    renameSync(left, path);
    const failure = await failureOf(call());
    expect(failure).toMatchObject({ code: 'network', message: `Nothing listens at ${path} (ECONNREFUSED)` });
    expect(failureCodeOf(failure)).toBe('tcp_refused');
  });

  it('fails with a clear message if we may not open it', async () => {
    await using _ = await TestServer.unix(path, (_, response) => response.end());
    chmodSync(path, 0);
    const failure = await asUnprivilegedUser(() => failureOf(call()));
    expect(failure).toMatchObject({ code: 'network', stage: 'tcp', transient: false });
    expect(failure.message).toBe(`${path} cannot be opened by the user that this process runs as (EACCES)`);
    expect(failureCodeOf(failure)).toBe('socket_denied');
  });

  it('is named when it closes the connection or does not answer', async () => {
    await using server = await TestServer.unix(path, ({ socket, url }) => {
      if (url !== '/silent') socket.destroy();
    });
    const broken = await failureOf(call());
    expect(broken).toMatchObject({ code: 'network', stage: 'http', message: expect.stringContaining(path) });
    const silent = await failureOf(get(client({ totalTimeoutMs: 300 }), 'http://localhost/silent'));
    expect(silent).toMatchObject({ code: 'timeout', message: `${path} took longer than 300 ms` });
    await server.deserted();
  });
});

/** Runs `work` as another user if we are root, because root may open any socket. */
async function asUnprivilegedUser<T>(work: () => Promise<T>): Promise<T> {
  const isRoot = process.geteuid?.() === 0;
  if (isRoot) process.seteuid?.(UNPRIVILEGED_UID);
  try {
    return await work();
  } finally {
    if (isRoot) process.seteuid?.(0);
  }
}
