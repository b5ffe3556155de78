import { rmSync } from 'node:fs';
import { Bus, type BusMessage, done, PlainJsonNatsServer } from '@integrations/bus';
import { ANNOTATE_STREAM, annotateSubject } from '@integrations/contracts';
import { Logger } from '@nestjs/common';
import { type RunningNats, startNats } from '../../../scripts/stack/nats.ts';
import { freePorts } from '../../../scripts/stack/ports.ts';
import { temporaryDirectory } from '../../support/temporary';
import { until } from '../../../scripts/stack/child';

const subject = annotateSubject('acme', 'comment');
const RPC = 'test.outage.echo';
const dataDir = temporaryDirectory();
const seen: string[] = [];
let port: number;
let nats: RunningNats;
let bus: Bus;
let server: PlainJsonNatsServer;

const start = () => startNats({ dataDir, port });
const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

beforeAll(async () => {
  Logger.overrideLogger(false);
  port = await freePorts(1);
  nats = await start();
  const servers = nats.url;
  bus = await Bus.connect({ servers, name: 'test' });
  await bus.ensureStreams();
  await bus.consume({
    stream: ANNOTATE_STREAM.name,
    durable: 'worker',
    filterSubject: 'integrations.v1.annotate.>',
    maxInFlight: 4,
    handler: async (message: BusMessage) => (seen.push(message.id!), done()),
  });
  server = new PlainJsonNatsServer({
    servers,
    name: 'test',
    queue: 'test',
    defaultTenant: 'default',
    version: '1.0.0',
  });
  server.addHandler(RPC, async (body: unknown) => ({ body }));
  await new Promise<void>((resolve, reject) => void server.listen((error) => (error ? reject(error) : resolve())));
});

beforeEach(() => seen.splice(0));

afterAll(async () => {
  await server.close();
  await bus.drain();
  await nats.stop();
  rmSync(dataDir, { recursive: true, force: true });
});

it('messages published during an outage are stored once NATS is back, and consumed', async () => {
  await nats.kill();
  await until(() => expect(bus.isReady()).toBe(false));
  const publishing = bus.publishAll(['o-1', 'o-2', 'o-3'].map((id) => ({ subject, id, body: { id } })));
  await pause(500);
  nats = await start();
  await publishing;
  await until(() => expect([...seen].sort()).toEqual(['o-1', 'o-2', 'o-3']));
  expect(bus.isReady()).toBe(true);
});

it('publishing fails with a clear error after five seconds without NATS, and works again afterwards', async () => {
  await nats.kill();
  await until(() => expect(bus.isReady()).toBe(false));
  await expect(bus.publishAll([{ subject, body: {}, id: 'never' }])).rejects.toMatchObject({
    errorCode: 'timeout',
    message: 'no connection to NATS within 5000 ms',
  });
  nats = await start();
  await bus.publishAll([{ subject, body: {}, id: 'after' }]);
  await until(() => expect(seen).toContain('after'));
  expect(seen).not.toContain('never');
});

it('requests are served and sent again after a restart', async () => {
  await nats.kill();
  await until(() => expect(bus.isReady()).toBe(false));
  const waiting = bus.request(RPC, { n: 1 }, { timeoutMs: 8_000 });
  nats = await start();
  // The two sides reconnect in any order, so for a moment nobody may answer.
  const first = await waiting;
  expect([null, 'provider_unavailable']).toContain(first.errorCode);
  await until(async () => {
    expect(await bus.request(RPC, { n: 2 }, { timeoutMs: 2_000 })).toMatchObject({ result: { body: { n: 2 } } });
  });
});

it('a request ends within its timeout when NATS does not come back', async () => {
  await nats.kill();
  await until(() => expect(bus.isReady()).toBe(false));
  const began = Date.now();
  const result = await bus.request(RPC, {}, { timeoutMs: 300 });
  expect(result).toMatchObject({ success: false, errorCode: 'timeout', isTransient: true });
  expect(Date.now() - began).toBeLessThan(4_500);
  nats = await start();
  await until(() => expect(bus.isReady()).toBe(true));
});

it('no message is lost that is published while NATS is killed repeatedly', async () => {
  const ids = Array.from({ length: 300 }, (_, n) => `storm-${n}`);
  const publishAll = async () => {
    for (const id of ids) {
      while (!(await tried(bus.publishAll([{ subject, body: { id }, id }])))) await pause(20);
    }
  };
  const storm = (async () => {
    for (let i = 0; i < 3; i += 1) {
      await pause(150);
      await nats.kill();
      await pause(100);
      nats = await start();
      await until(() => expect(bus.isReady()).toBe(true));
    }
  })();
  await Promise.all([publishAll(), storm]);
  await until(() => expect(new Set(seen).size).toBe(300));
});

it('the bus closes without waiting for NATS when that is away', async () => {
  const lonely = await Bus.connect({ servers: nats.url, name: 'lonely' });
  const lonelyServer = new PlainJsonNatsServer({
    servers: nats.url,
    name: 'l',
    queue: 'l',
    defaultTenant: 'default',
    version: '1.0.0',
  });
  lonelyServer.addHandler('test.outage.lonely', async () => null);
  await new Promise<void>((resolve) => void lonelyServer.listen(() => resolve()));
  await nats.kill();
  await until(() => expect(lonely.isReady()).toBe(false));
  const began = Date.now();
  await Promise.all([lonely.drain(), lonelyServer.close()]);
  expect(Date.now() - began).toBeLessThan(8_000);
  nats = await start();
});

it('a failed connection names the server but not its password', async () => {
  const unused = await freePorts(1);
  const connecting = Bus.connect({ servers: `nats://me:s3cret-word@127.0.0.1:${unused}`, name: 'test' });
  await expect(connecting).rejects.toMatchObject({
    errorCode: 'provider_unavailable',
    message: expect.stringMatching(new RegExp(`^cannot connect to NATS at 127\\.0\\.0\\.1:${unused}: (?!.*s3cret)`)),
  });
});

async function tried(promise: Promise<void>): Promise<boolean> {
  return promise.then(
    () => true,
    () => false,
  );
}
