import { setTimeout as delay } from 'node:timers/promises';
import { Bus, BusError, type BusMessage, DEAD_LETTER_HEADERS, done, drop, retry } from '@integrations/bus';
import {
  AGENT_STREAM,
  ANNOTATE_STREAM,
  annotateSubject,
  DEAD_LETTER_STREAM,
  deadLetterSubject,
  EVENT_STREAM,
  eventSubject,
  STATE_BUCKET,
} from '@integrations/contracts';
import { jetstreamManager, type JetStreamManager, StorageType } from '@nats-io/jetstream';
import { connect, type NatsConnection } from '@nats-io/transport-node';
import { startTestNats, type TestNats } from '../../support/nats';
import { until } from '../../../scripts/stack/child';
import { hpub, speak } from './wire';

let nats: TestNats;
let raw: NatsConnection;
let streams: JetStreamManager;
let bus: Bus;

beforeAll(async () => {
  nats = await startTestNats();
  raw = await connect({ servers: nats.url });
  streams = await jetstreamManager(raw);
});

afterAll(async () => {
  await raw.close();
  await nats.stop();
});

beforeEach(async () => {
  run += 1;
  bus = await Bus.connect({ servers: nats.url, name: 'test' });
  await bus.ensureStreams();
  for (const { name } of [EVENT_STREAM, ANNOTATE_STREAM, DEAD_LETTER_STREAM]) await streams.streams.purge(name);
});

afterEach(async () => {
  await bus.drain();
  for (const { name } of [EVENT_STREAM, ANNOTATE_STREAM]) {
    for await (const consumer of streams.consumers.list(name)) await streams.consumers.delete(name, consumer.name);
  }
});

const subject = annotateSubject('acme', 'comment');
const stored = async (stream: string) => (await streams.streams.info(stream)).state.messages;
const all = (handler: (message: BusMessage) => Promise<ReturnType<typeof done>>, more: object = {}) => ({
  stream: ANNOTATE_STREAM.name,
  durable: 'worker',
  filterSubject: 'integrations.v1.annotate.>',
  maxInFlight: 8,
  handler,
  ...more,
});
/** Makes the message ids of each test unique: the stream remembers the ids of earlier tests. */
let run = 0;
const publish = (count: number) =>
  bus.publishAll(Array.from({ length: count }, (_, n) => ({ subject, id: `run-${run}-${n}`, body: { n } })));

describe('streams', () => {
  it('can be ensured repeatedly, and by several apps at once', async () => {
    await Promise.all([bus.ensureStreams(), bus.ensureStreams(), bus.ensureStreams()]);
    expect((await streams.streams.info(EVENT_STREAM.name)).config).toMatchObject({
      subjects: EVENT_STREAM.subjects,
      storage: 'file',
      retention: 'limits',
      max_age: 30 * 86_400 * 1e9,
    });
    expect((await streams.streams.info(ANNOTATE_STREAM.name)).config).toMatchObject({ retention: 'workqueue' });
  });

  it('updates an older stream definition, logs that, and keeps what an operator has set', async () => {
    await streams.streams.update(EVENT_STREAM.name, { subjects: ['integrations.v1.evt.>'], max_bytes: 50_000_000 });
    const logger = { warn: jest.fn(), error: jest.fn() };
    const telling = await Bus.connect({ servers: nats.url, name: 'test', logger });
    await telling.ensureStreams();
    await telling.ensureStreams().finally(() => telling.drain());
    expect(logger.warn.mock.calls).toEqual([
      [{ stream: EVENT_STREAM.name, changed: ['subjects'] }, 'stream configuration corrected'],
    ]);
    expect((await streams.streams.info(EVENT_STREAM.name)).config).toMatchObject({
      subjects: EVENT_STREAM.subjects,
      max_bytes: 50_000_000,
    });
    await streams.streams.update(EVENT_STREAM.name, { max_bytes: -1 });
  });

  it('creates all other streams when one cannot be updated, and names that one', async () => {
    const others = [ANNOTATE_STREAM.name, DEAD_LETTER_STREAM.name, AGENT_STREAM.name, `KV_${STATE_BUCKET}`];
    for (const name of [EVENT_STREAM.name, ...others]) await streams.streams.delete(name);
    await streams.streams.add({
      name: EVENT_STREAM.name,
      subjects: ['integrations.v1.evt.>'],
      storage: StorageType.Memory,
    });

    await expect(bus.ensureStreams()).rejects.toThrow(`stream ${EVENT_STREAM.name}: `);
    const made = await streams.streams.names().next();
    expect(made).toEqual(expect.arrayContaining(others));

    await streams.streams.delete(EVENT_STREAM.name);
    await bus.ensureStreams();
  });
});

describe('publishing', () => {
  it('stores a message with its id and its headers, whose case is kept', async () => {
    const to = eventSubject('acme', 'scm', 'some-id', 'registered');
    await bus.publishAll([
      { subject: to, body: { name: 'x' }, id: 'event-1', headers: { 'ce-id': 'event-1', 'ce-sequence': '1' } },
    ]);
    const message = await streams.streams.getMessage(EVENT_STREAM.name, { last_by_subj: to });
    expect(message?.json()).toEqual({ name: 'x' });
    expect(message?.header.keys().sort()).toEqual(['Nats-Msg-Id', 'ce-id', 'ce-sequence']);
  });

  it('stores a message with the same id once', async () => {
    await publish(3);
    await publish(3);
    expect(await stored(ANNOTATE_STREAM.name)).toBe(3);
  });

  it('keeps the order of a large batch', async () => {
    await publish(2_000);
    const order: number[] = [];
    await bus.consume(all(async (message) => (order.push(readN(message)), done()), { maxInFlight: 2_000 }));
    await until(() => expect(order).toHaveLength(2_000));
    expect(order).toEqual(Array.from({ length: 2_000 }, (_, n) => n));
  });

  it('newestIn returns the newest message of a stream, or null if there is none', async () => {
    expect(await bus.newestIn(ANNOTATE_STREAM.name)).toBeNull();
    await publish(3);
    expect(await bus.newestIn(ANNOTATE_STREAM.name)).toEqual({ ok: true, value: { n: 2 } });
    await streams.streams.delete(ANNOTATE_STREAM.name);
    expect(await bus.newestIn(ANNOTATE_STREAM.name)).toBeNull();
    await bus.ensureStreams();
  });

  it('fails for a subject that no stream takes', async () => {
    await expect(
      bus.publishAll([{ subject: 'integrations.v1.nowhere', body: {}, id: `run-${run}` }]),
    ).rejects.toMatchObject({
      errorCode: 'provider_unavailable',
      message: 'integrations.v1.nowhere: no stream takes this subject, or it has no leader',
    });
  });

  it('fails for an acknowledgement without a sequence, which a 2.10 cluster gives for an id that it has not stored', async () => {
    const subscription = raw.subscribe('integrations.v1.staged', {
      callback: (_, message) => void message.respond('{"stream":"INTEGRATIONS_EVT","seq":0,"duplicate":true}'),
    });
    const publishing = bus.publishAll([{ subject: 'integrations.v1.staged', body: {}, id: `run-${run}` }]);
    await expect(publishing).rejects.toMatchObject({ errorCode: 'provider_unavailable' });
    subscription.unsubscribe();
  });

  it('sends nothing of a batch that contains a message too large', async () => {
    const body = new Uint8Array(raw.info!.max_payload);
    const batch = [
      { subject, id: 'small', body: {} },
      { subject, id: 'large', body },
    ];
    const refused = bus.publishAll(batch);
    await expect(refused).rejects.toBeInstanceOf(BusError);
    await expect(refused).rejects.toMatchObject({ errorCode: 'too_large' });
    expect(await stored(ANNOTATE_STREAM.name)).toBe(0);
  });

  it('fails with too_large when the stream takes no message of that size', async () => {
    const body = new Uint8Array(raw.info!.max_payload - 1_000);
    await expect(bus.publishAll([{ subject, body, id: `run-${run}` }])).rejects.toMatchObject({
      errorCode: 'too_large',
    });
  });
});

describe('consuming', () => {
  it('hands over a published message, and removes it once handled', async () => {
    const seen: BusMessage[] = [];
    await bus.publishAll([{ subject, body: { hello: 'world' }, id: 'id-1', headers: { tenant: 'acme' } }]);
    await bus.consume(all(async (message) => (seen.push(message), done())));
    await until(async () => expect(await stored(ANNOTATE_STREAM.name)).toBe(0));
    expect(seen).toHaveLength(1);
    expect(seen[0]).toMatchObject({ subject, id: 'id-1', deliveries: 1, sequence: expect.any(Number) });
    expect(seen[0]!.json()).toEqual({ ok: true, value: { hello: 'world' } });
    expect(seen[0]!.header('Tenant')).toBe('acme');
    expect(Date.now() - seen[0]!.publishedAt.getTime()).toBeLessThan(60_000);
  });

  it('redelivers a message after the delay that a retry names', async () => {
    const times: number[] = [];
    await bus.publishAll([{ subject, body: {}, id: `run-${run}` }]);
    await bus.consume(all(async () => (times.push(Date.now()), times.length < 2 ? retry(400) : done())));
    await until(() => expect(times).toHaveLength(2));
    expect(times[1]! - times[0]!).toBeGreaterThanOrEqual(390);
    await until(async () => expect(await stored(ANNOTATE_STREAM.name)).toBe(0));
  });

  it('redelivers a message later when its handler threw', async () => {
    const deliveries: number[] = [];
    await bus.publishAll([{ subject, body: {}, id: `run-${run}` }]);
    const handler = async (message: BusMessage) => {
      deliveries.push(message.deliveries);
      if (message.deliveries === 1) throw new Error('not today');
      return done();
    };
    await bus.consume(all(handler));
    await until(() => expect(deliveries).toEqual([1, 2]));
  });

  it('moves a dropped message to the dead letters with its body unchanged', async () => {
    const body = Uint8Array.from([0xff, 0x00, 0x7b]);
    await bus.publishAll([{ subject, body, id: 'poison', headers: { tenant: 'acme' } }]);
    await bus.consume(all(async () => drop('body must be JSON in UTF-8')));
    await until(async () => expect(await stored(DEAD_LETTER_STREAM.name)).toBe(1));
    const last = { last_by_subj: deadLetterSubject('worker') };
    const letter = await streams.streams.getMessage(DEAD_LETTER_STREAM.name, last);
    expect([...letter!.data]).toEqual([...body]);
    expect(letter!.header.get(DEAD_LETTER_HEADERS.reason)).toBe('body must be JSON in UTF-8');
    expect(letter!.header.get(DEAD_LETTER_HEADERS.subject)).toBe(subject);
    expect(letter!.header.get(DEAD_LETTER_HEADERS.deliveries)).toBe('1');
    expect(letter!.header.get('tenant')).toBe('acme');
    await until(async () => expect(await stored(ANNOTATE_STREAM.name)).toBe(0));
  });

  it('moves a dropped message with malformed headers to the dead letters too', async () => {
    await speak(Number(new URL(nats.url).port), hpub(subject, '', 'NATS/1.0\r\nbad näme: x\r\n\r\n', '{}'));
    const ids: (string | undefined)[] = [];
    await bus.consume(all(async (message) => (ids.push(message.id), drop('bad headers'))));
    await until(async () => expect(await stored(DEAD_LETTER_STREAM.name)).toBe(1));
    expect(ids).toEqual([undefined]);
  });

  it('moves even the largest message that its stream takes to the dead letters', async () => {
    const body = new Uint8Array(raw.info!.max_payload - 8_192 - 600).fill(0x20);
    await bus.publishAll([{ subject, body, id: 'large', headers: { tenant: 'a'.repeat(400) } }]);
    await bus.consume(all(async () => drop('r'.repeat(10_000))));
    await until(async () => expect(await stored(DEAD_LETTER_STREAM.name)).toBe(1));
    await until(async () => expect(await stored(ANNOTATE_STREAM.name)).toBe(0));
  });

  it('moves a message to the dead letters after its last allowed delivery', async () => {
    await bus.publishAll([{ subject, body: {}, id: `run-${run}` }]);
    let tries = 0;
    await bus.consume(all(async () => ((tries += 1), retry(1)), { maxDeliver: 3 }));
    await until(async () => expect(await stored(DEAD_LETTER_STREAM.name)).toBe(1));
    await until(async () => expect(await stored(ANNOTATE_STREAM.name)).toBe(0));
    expect(tries).toBe(3);
  });

  it('handles no more messages at once than maxInFlight', async () => {
    let now = 0;
    let most = 0;
    let handled = 0;
    await publish(40);
    const handler = async () => {
      most = Math.max(most, (now += 1));
      await new Promise((resolve) => setTimeout(resolve, 10));
      now -= 1;
      handled += 1;
      return done();
    };
    await bus.consume(all(handler, { maxInFlight: 4 }));
    await until(() => expect(handled).toBe(40));
    expect(most).toBe(4);
  });

  it('keeps its claim to a message for as long as the handler runs', async () => {
    const deliveries: number[] = [];
    await bus.publishAll([{ subject, body: {}, id: `run-${run}` }]);
    const handler = async (message: BusMessage) => {
      deliveries.push(message.deliveries);
      await new Promise((resolve) => setTimeout(resolve, 3_500));
      return done();
    };
    await bus.consume(all(handler, { ackWaitMs: 3_000 }));
    await until(async () => expect(await stored(ANNOTATE_STREAM.name)).toBe(0));
    expect(deliveries).toEqual([1]);
  });

  it('shares the messages of a durable consumer among two instances, handling each once', async () => {
    const second = await Bus.connect({ servers: nats.url, name: 'second' });
    const byInstance = [0, 0];
    const seen = new Map<string, number>();
    const handler = (instance: 0 | 1) => async (message: BusMessage) => {
      byInstance[instance] = byInstance[instance]! + 1;
      seen.set(message.id!, (seen.get(message.id!) ?? 0) + 1);
      await new Promise((resolve) => setTimeout(resolve, 5));
      return done();
    };
    await bus.consume(all(handler(0)));
    await second.consume(all(handler(1)));
    await publish(400);
    await until(async () => expect(await stored(ANNOTATE_STREAM.name)).toBe(0));
    await second.drain();
    expect(seen.size).toBe(400);
    expect([...seen.values()].every((times) => times === 1)).toBe(true);
    expect(Math.min(...byInstance)).toBeGreaterThan(100);
  });

  it('leaves messages that a busy instance has no capacity for to an idle one', async () => {
    const release = Promise.withResolvers<void>();
    const second = await Bus.connect({ servers: nats.url, name: 'second' });
    await publish(20);
    let held = 0;
    await bus.consume(all(async () => ((held += 1), await release.promise, done()), { maxInFlight: 2 }));
    await until(() => expect(held).toBe(2));
    let handled = 0;
    await second.consume(all(async () => ((handled += 1), done())));
    await until(() => expect(handled).toBe(18));
    release.resolve();
    await second.drain();
  });

  it('continues after an idle time longer than one pull request', async () => {
    const seen: string[] = [];
    await bus.consume(all(async (message) => (seen.push(message.id!), done())));
    await new Promise((resolve) => setTimeout(resolve, 6_500));
    const published = Date.now();
    await bus.publishAll([{ subject, body: {}, id: 'late' }]);
    await until(() => expect(seen).toEqual(['late']));
    expect(Date.now() - published).toBeLessThan(4_000);
  });

  it('finishes the current message when it stops, and takes no more', async () => {
    const events: string[] = [];
    const { promise: released, resolve: release } = Promise.withResolvers<void>();
    await publish(3);
    const handler = async (message: BusMessage) => {
      events.push(`begin ${readN(message)}`);
      await released;
      events.push(`end ${readN(message)}`);
      return done();
    };
    const consumption = await bus.consume(all(handler, { maxInFlight: 1 }));
    await until(() => expect(events).toEqual(['begin 0']));
    const stopped = consumption.stop();
    release();
    await stopped;
    expect(events).toEqual(['begin 0', 'end 0']);
    await until(async () => expect(await stored(ANNOTATE_STREAM.name)).toBe(2));
  });

  it('abandons a handler that never ends when it drains, without losing the message', async () => {
    const hasty = await Bus.connect({ servers: nats.url, name: 'hasty', drainTimeoutMs: 100 });
    await publish(1);
    let began = false;
    await hasty.consume(all(() => ((began = true), new Promise(() => undefined)), { ackWaitMs: 600 }));
    await until(() => expect(began).toBe(true));
    await hasty.drain();
    let deliveries = 0;
    await bus.consume(all(async (message) => ((deliveries = message.deliveries), done()), { ackWaitMs: 600 }));
    await until(() => expect(deliveries).toBeGreaterThan(1));
  });

  it('recovers when its consumer is deleted', async () => {
    const seen: string[] = [];
    await bus.consume(all(async (message) => (seen.push(message.id!), done())));
    await streams.consumers.delete(ANNOTATE_STREAM.name, 'worker');
    await bus.publishAll([{ subject, body: {}, id: 'after' }]);
    await until(() => expect(seen).toEqual(['after']));
  });

  it('recovers even while another stream has a wrong definition', async () => {
    const seen: string[] = [];
    await bus.consume(all(async (message) => (seen.push(message.id!), done())));
    await streams.streams.delete(DEAD_LETTER_STREAM.name);
    // No update can change the storage type.
    await streams.streams.add({ ...DEAD_LETTER_STREAM, storage: 'memory' });
    await streams.consumers.delete(ANNOTATE_STREAM.name, 'worker');
    await bus.publishAll([{ subject, body: {}, id: `run-${run}` }]);
    await until(() => expect(seen).toEqual([`run-${run}`])).finally(() =>
      streams.streams.delete(DEAD_LETTER_STREAM.name),
    );
  });

  it('recreates deleted streams, and continues', async () => {
    const seen: string[] = [];
    await bus.consume(all(async (message) => (seen.push(message.id!), done())));
    for (const { name } of [ANNOTATE_STREAM, EVENT_STREAM]) await streams.streams.delete(name);
    const made = async () => void (await Promise.all([EVENT_STREAM, ANNOTATE_STREAM].map(({ name }) => stored(name))));
    await until(made);
    await bus.publishAll([{ subject, body: {}, id: 'of the next stream' }]);
    await until(() => expect(seen).toEqual(['of the next stream']));
  });

  it('recreates a deleted dead-letter stream, and keeps the message until then', async () => {
    await bus.consume(all(async () => drop('of no use')));
    await streams.streams.delete(DEAD_LETTER_STREAM.name);
    await publish(1);
    await until(async () => expect(await stored(DEAD_LETTER_STREAM.name)).toBe(1));
    await until(async () => expect(await stored(ANNOTATE_STREAM.name)).toBe(0));
  });

  it('can change the settings of an existing durable consumer', async () => {
    const first = await bus.consume(all(async () => done(), { ackWaitMs: 10_000 }));
    await first.stop();
    await bus.consume(all(async () => done(), { ackWaitMs: 20_000 }));
    const { config } = await streams.consumers.info(ANNOTATE_STREAM.name, 'worker');
    expect(config.ack_wait).toBe(20_000 * 1e6);
  });

  it('oldestIn returns how long the oldest unacknowledged message has waited, though others are acknowledged', async () => {
    expect(await bus.oldestIn(ANNOTATE_STREAM.name)).toBe(0);
    await bus.consume(all(async ({ id }) => (id === `run-${run}-1` ? retry(60_000) : done())));
    await publish(3);
    await until(async () => expect(await stored(ANNOTATE_STREAM.name)).toBe(1));
    const before = await bus.oldestIn(ANNOTATE_STREAM.name);
    await delay(1_000);
    const waited = (await bus.oldestIn(ANNOTATE_STREAM.name)) - before;
    expect(waited).toBeGreaterThan(0.9);
    expect(waited).toBeLessThan(10);
  });

  it('oldestIn fails for a stream that does not exist', async () => {
    await expect(bus.oldestIn('NOWHERE')).rejects.toMatchObject({
      errorCode: 'provider_unavailable',
      message: 'stream NOWHERE: stream not found',
    });
  });

  it('refuses to consume from a stream that does not exist, and names it', async () => {
    await expect(bus.consume(all(async () => done(), { stream: 'NOWHERE' }))).rejects.toMatchObject({
      errorCode: 'provider_unavailable',
      message: 'stream NOWHERE: stream not found',
    });
  });
});

function readN(message: BusMessage): number {
  const parsed = message.json();
  return parsed.ok ? (parsed.value as { n: number }).n : NaN;
}
