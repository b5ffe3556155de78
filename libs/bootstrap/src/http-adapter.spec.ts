import { once } from 'node:events';
import type { Server } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { createHttpAdapter } from './http-adapter';

describe('createHttpAdapter', () => {
  it('gives a request one minute to arrive completely, including its body', () => {
    const { requestTimeout, headersTimeout }: Server = createHttpAdapter({}).getInstance().server;
    expect({ requestTimeout, headersTimeout }).toEqual({ requestTimeout: 60_000, headersTimeout: 60_000 });
  });

  describe('refusing a request before its body has arrived', () => {
    const fastify = createHttpAdapter({}).getInstance();
    beforeAll(async () => {
      fastify.addHook('onRequest', async ({ url }, reply) => (url === '/early' ? reply.code(415).send() : undefined));
      fastify.post('/', () => 'accepted');
      await fastify.listen();
    });
    afterAll(() => fastify.close());

    it.each([
      ['/', 413],
      ['/early', 415],
    ])('answers a client that sends all of it first: POST %s, %i', async (path, status) => {
      const socket = connect((fastify.server.address() as AddressInfo).port);
      let answer = '';
      const errors: Error[] = [];
      socket.on('data', (chunk: Buffer) => (answer += chunk.toString()));
      socket.on('error', (error) => errors.push(error));
      socket.write(`POST ${path} HTTP/1.1\r\nHost: a\r\nConnection: close\r\nContent-Type: application/json\r\n`);
      socket.write('Content-Length: 2000000\r\n\r\n');
      for (let sent = 0; sent < 2_000_000; sent += 200_000) {
        socket.write(' '.repeat(200_000));
        await sleep(5);
      }
      if (!socket.closed) await once(socket, 'close');
      expect(errors).toEqual([]);
      expect(answer).toMatch(`HTTP/1.1 ${status} `);
    });
  });
});
