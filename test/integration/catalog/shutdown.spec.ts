import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { RPC, succeeded } from '@integrations/contracts';
import { eventually } from '../../support/eventually';
import { register, startCatalog, type TestCatalog, type TestClient } from './support';

describe('a catalog-api that shuts down', () => {
  let catalog: TestCatalog;
  let admin: TestClient;

  beforeAll(async () => {
    catalog = await startCatalog();
    admin = await catalog.client();
  });
  afterAll(() => catalog.close());

  it('answers requests in flight and those that arrive on open connections, and no others', async () => {
    const { id } = await register(admin);
    const asked = Promise.withResolvers<() => void>();
    catalog.nats.subscribe(RPC.probeTest, {
      callback: (_error, message) =>
        asked.resolve(() => message.respond(JSON.stringify(succeeded({ status: 'healthy' })))),
    });
    await catalog.nats.flush();
    const underWay = admin.call('POST', `integrations/${id}/test`);
    const answerTest = await asked.promise;

    const server = catalog.app.getHttpServer();
    const accepted = once(server, 'connection') as Promise<[Socket]>;
    const late = connect(Number(new URL(catalog.origin).port), '127.0.0.1');
    const received: string[] = [];
    late.on('data', (chunk) => received.push(chunk.toString()));
    const head = `GET /api/v1/integrations/${id} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${admin.token}\r\n`;
    late.write(head);
    const [atServer] = await accepted;
    await eventually('the head to arrive', () => atServer.bytesRead >= head.length);
    const closed = catalog.app.close();
    await eventually('the end of listening', () => !server.listening);
    late.write('\r\n');
    await new Promise((resolve) => late.once('close', resolve));
    await expect(fetch(`${catalog.origin}/health/live`)).rejects.toThrow();
    answerTest();

    expect(received.join('')).toMatch(/^HTTP\/1\.1 200 OK\r\n/);
    expect(received.join('').toLowerCase()).toContain('connection: close');
    expect((await underWay).status).toBe(200);
    await closed;
  });

  it('does not wait for connections that never send anything', async () => {
    const another = await startCatalog();
    const silent = connect(Number(new URL(another.origin).port), '127.0.0.1');
    await new Promise((resolve) => silent.once('connect', resolve));
    const before = Date.now();
    await another.close();
    expect(Date.now() - before).toBeLessThan(20_000);
    silent.destroy();
  });
});
