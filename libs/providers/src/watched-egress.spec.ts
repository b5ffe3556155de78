import { once } from 'node:events';
import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { EgressClient } from '@integrations/provider-kit';
import { watchedEgress } from './watched-egress';

const ANSWERS: Readonly<Record<string, (response: ServerResponse) => void>> = {
  '/never': () => undefined,
  '/broken': (response) => response.socket?.destroy(),
  '/504': (response) => response.writeHead(504).end(),
  '/502': (response) => response.writeHead(502).end(),
};

describe('the watched way out', () => {
  const client = new EgressClient({
    policy: { allow: ['127.0.0.1'] },
    userAgent: 'spec',
    headersTimeoutMs: 50,
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

  /** How often a call was told of as unanswered. `abort`: when it is about to be sent. */
  async function unansweredOf(method: string, path: string, abort = false): Promise<number> {
    const controller = new AbortController();
    const unanswered = jest.fn();
    const sending = () => {
      if (abort) controller.abort();
    };
    const egress = watchedEgress(client.bind({ endpoint: origin }), { sending, unanswered });
    const call = { method, url: `${origin}${path}`, signal: controller.signal };
    await egress.request({ ...call, ...(method === 'GET' ? {} : { body: '{}' }) }).catch(() => undefined);
    return unanswered.mock.calls.length;
  }

  it.each([
    ['a write without an answer', 'POST', '/never', 1],
    ['one that a gateway gave up waiting for', 'PATCH', '/504', 1],
    ['no read, which may be asked again', 'GET', '/never', 0],
    ['no read either that a gateway gave up waiting for', 'get', '/504', 0],
    ['no write that was refused', 'POST', '/502', 0],
    ['no write whose connection broke: it has arrived by then or does not', 'DELETE', '/broken', 0],
  ])('tells of %s', async (_, method, path, times) => {
    expect(await unansweredOf(method, path)).toBe(times);
  });

  it('tells of no write that was never sent', async () => {
    expect(await unansweredOf('POST', '/never', true)).toBe(0);
    const closed = watchedEgress(client.bind({ endpoint: 'http://127.0.0.1:9' }), {
      sending: () => undefined,
      unanswered: () => {
        throw new Error('nothing was sent');
      },
    });
    const call = { method: 'POST', url: 'http://127.0.0.1:9/', signal: AbortSignal.timeout(5_000) };
    await expect(closed.request(call)).rejects.toMatchObject({ code: 'network' });
  });
});
