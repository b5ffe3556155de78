import { once } from 'node:events';
import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { EgressClient } from '@integrations/provider-kit';
import { watchedEgress } from './watched-egress';

/** Longer than a healthy vendor takes. */
const LATE_MS = 1_100;

const ANSWERS: Readonly<Record<string, (response: ServerResponse) => void>> = {
  '/never': () => undefined,
  '/broken': (response) => response.socket?.destroy(),
  '/201': (response) => response.writeHead(201).end(),
  '/504': (response) => response.writeHead(504).end(),
  '/502': (response) => response.writeHead(502).end(),
  '/late': (response) => setTimeout(() => response.writeHead(201).end(), LATE_MS),
  '/late/broken': (response) => setTimeout(() => response.socket?.destroy(), LATE_MS),
  '/late/500': (response) => setTimeout(() => response.writeHead(500).end(), LATE_MS),
  '/late/502': (response) => setTimeout(() => response.writeHead(502).end(), LATE_MS),
  '/late/520': (response) => setTimeout(() => response.writeHead(520).end(), LATE_MS),
};

describe('the watched way out', () => {
  const client = new EgressClient({
    policy: { allow: ['127.0.0.1'] },
    userAgent: 'spec',
    headersTimeoutMs: 2_000,
  });
  let server: Server;
  let origin: string;

  beforeAll(async () => {
    server = createServer((request, response) => {
      request.resume();
      ANSWERS[request.url ?? '']?.(response);
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });

  afterAll(async () => {
    await client.destroy();
    server.closeAllConnections();
    server.close();
  });

  /** The events of one call, without `sending`. `abortedAfterMs`: counted from `sending`; 0 aborts at that moment. */
  async function toldOf(method: string, path: string, abortedAfterMs?: number): Promise<string[]> {
    const controller = new AbortController();
    const told: string[] = [];
    const sending = () => {
      if (abortedAfterMs === 0) controller.abort();
      else if (abortedAfterMs !== undefined) setTimeout(() => controller.abort(), abortedAfterMs);
    };
    const watch = { sending, unanswered: () => told.push('unanswered'), answered: () => told.push('answered') };
    const egress = watchedEgress(client.bind({ endpoint: origin }), watch);
    const call = { method, url: `${origin}${path}`, signal: controller.signal };
    await egress.request({ ...call, ...(method === 'GET' ? {} : { body: '{}' }) }).catch(() => undefined);
    return told;
  }

  it.each([
    ['a write without an answer', 'POST', '/never'],
    ['one that a gateway gave up waiting for', 'PATCH', '/504'],
    ['one whose connection broke while the vendor took its time', 'PUT', '/late/broken'],
    ['one that a gateway lost while the vendor took its time', 'POST', '/late/502'],
    ['one that a gateway has words of its own for', 'POST', '/late/520'],
  ])('tells of %s', async (_, method, path) => {
    expect(await toldOf(method, path)).toEqual(['unanswered']);
  });

  it.each([
    ['no read, which may be asked again', 'GET', '/never'],
    ['no read either that a gateway gave up waiting for', 'get', '/504'],
    ['no write that was refused', 'POST', '/502'],
    ['no write whose connection broke at once: it was closed before', 'DELETE', '/broken'],
  ])('tells of %s', async (_, method, path) => {
    expect(await toldOf(method, path)).toEqual([]);
  });

  it.each(['/late', '/late/500'])('takes it back when the vendor has answered after all: %s', async (path) => {
    expect(await toldOf('POST', path)).toEqual(['unanswered', 'answered']);
  });

  it('tells of a write that its caller gives up soon after it was sent', async () => {
    expect(await toldOf('POST', '/never', 100)).toEqual(['unanswered']);
  });

  it('tells nothing of a write any more once it was answered', async () => {
    const told = await toldOf('POST', '/201');
    await pause(LATE_MS);
    expect(told).toEqual([]);
  });

  it('tells of no write that was never sent', async () => {
    expect(await toldOf('POST', '/never', 0)).toEqual([]);
    const closed = watchedEgress(client.bind({ endpoint: 'http://127.0.0.1:9' }), {
      sending: () => undefined,
      unanswered: () => {
        throw new Error('nothing was sent');
      },
      answered: () => undefined,
    });
    const call = { method: 'POST', url: 'http://127.0.0.1:9/', signal: AbortSignal.timeout(5_000) };
    await expect(closed.request(call)).rejects.toMatchObject({ code: 'network' });
  });
});
