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

describe('watchedEgress', () => {
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
  async function eventsOf(method: string, path: string, abortedAfterMs?: number): Promise<string[]> {
    const controller = new AbortController();
    const events: string[] = [];
    const sending = () => {
      if (abortedAfterMs === 0) controller.abort();
      else if (abortedAfterMs !== undefined) setTimeout(() => controller.abort(), abortedAfterMs);
    };
    const watch = { sending, unanswered: () => events.push('unanswered'), answered: () => events.push('answered') };
    const egress = watchedEgress(client.bind({ endpoint: origin }), watch);
    const call = { method, url: `${origin}${path}`, signal: controller.signal };
    await egress.request({ ...call, ...(method === 'GET' ? {} : { body: '{}' }) }).catch(() => undefined);
    return events;
  }

  it.each([
    ['a write without an answer', 'POST', '/never'],
    ['a write for which a gateway stopped waiting', 'PATCH', '/504'],
    ['a write whose connection broke while the vendor was working', 'PUT', '/late/broken'],
    ['a write that a gateway lost while the vendor was working', 'POST', '/late/502'],
    ["a write with a gateway's own status", 'POST', '/late/520'],
  ])('reports %s', async (_, method, path) => {
    expect(await eventsOf(method, path)).toEqual(['unanswered']);
  });

  it.each([
    ['a read, which may be repeated', 'GET', '/never'],
    ['a read for which a gateway stopped waiting', 'get', '/504'],
    ['a write that was refused', 'POST', '/502'],
    ['a write whose connection broke at once, because it had been closed before', 'DELETE', '/broken'],
  ])('does not report %s', async (_, method, path) => {
    expect(await eventsOf(method, path)).toEqual([]);
  });

  it.each(['/late', '/late/500'])('withdraws the report if the vendor answers after all: %s', async (path) => {
    expect(await eventsOf('POST', path)).toEqual(['unanswered', 'answered']);
  });

  it('reports a write that its caller gives up soon after it was sent', async () => {
    expect(await eventsOf('POST', '/never', 100)).toEqual(['unanswered']);
  });

  it('does not report a write that was answered', async () => {
    const events = await eventsOf('POST', '/201');
    await pause(LATE_MS);
    expect(events).toEqual([]);
  });

  it('does not report a write that was never sent', async () => {
    expect(await eventsOf('POST', '/never', 0)).toEqual([]);
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
