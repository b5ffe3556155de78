import { Bus, BusError, type StateEntry } from '@integrations/bus';
import { jetstreamManager } from '@nats-io/jetstream';
import { Kvm } from '@nats-io/kv';
import { connect, type NatsConnection } from '@nats-io/transport-node';
import { Door } from '../../support/door';
import { startTestNats, type TestNats } from '../../support/nats';

let nats: TestNats;
let anybody: NatsConnection;
let bus: Bus;

beforeEach(async () => {
  nats = await startTestNats();
  anybody = await connect({ servers: nats.url });
  bus = await Bus.connect({ servers: nats.url, name: 'test' });
});

afterEach(async () => {
  await bus.drain();
  await anybody.close();
  await nats.stop();
});

async function entries(): Promise<StateEntry[]> {
  const found: StateEntry[] = [];
  await bus.stateBucket().forEach((entry) => found.push(entry));
  return found.sort((a, b) => a.key.localeCompare(b.key));
}

const many = Array.from({ length: 500 }, (_, n) => ({ key: `acme.${1_000 + n}`, value: { n } }));

it('the state bucket keeps the last value of each key, readable by any KV client', async () => {
  const bucket = bus.stateBucket();
  await bucket.putAll([
    { key: 'acme.1', value: { sequence: 1 } },
    { key: 'acme.2', value: { sequence: 1 } },
  ]);
  await bucket.putAll([{ key: 'acme.1', value: { sequence: 2 } }]);

  const theirs = await new Kvm(anybody).open('INTEGRATIONS_STATE');
  expect((await theirs.get('acme.1'))?.json()).toEqual({ sequence: 2 });
  expect(await entries()).toEqual([
    { key: 'acme.1', value: { sequence: 2 } },
    { key: 'acme.2', value: { sequence: 1 } },
  ]);
});

it('the state bucket deletes keys, and ignores missing ones', async () => {
  const bucket = bus.stateBucket();
  await bucket.putAll([{ key: 'acme.1', value: {} }]);
  await bucket.deleteAll(['acme.1', 'acme.2']);
  expect(await entries()).toEqual([]);
  expect(await (await new Kvm(anybody).open('INTEGRATIONS_STATE')).get('acme.1')).toMatchObject({ operation: 'DEL' });
});

it('the state bucket reads nothing when empty, and every entry otherwise', async () => {
  expect(await entries()).toEqual([]);
  await bus.stateBucket().putAll(many);
  expect(await entries()).toEqual(many);
});

it('the state bucket reads a value that is not JSON as null', async () => {
  await bus.stateBucket().putAll([]);
  await (await new Kvm(anybody).open('INTEGRATIONS_STATE')).put('acme.1', 'not JSON');
  expect(await entries()).toEqual([{ key: 'acme.1', value: null }]);
});

it('the state bucket survives a server restart, and is recreated after it was removed', async () => {
  const bucket = bus.stateBucket();
  await bucket.putAll(many);
  const { createdAt, last } = await bucket.status();
  await nats.restart();
  expect(await entries()).toHaveLength(500);
  expect(await bucket.status()).toEqual({ createdAt, messages: 500, last });

  const operator = await connect({ servers: nats.url });
  await (await jetstreamManager(operator)).streams.delete('KV_INTEGRATIONS_STATE');
  await operator.close();
  await expect(bucket.putAll([{ key: 'acme.1', value: {} }])).rejects.toThrow(BusError);
  await bucket.putAll([{ key: 'acme.1', value: {} }]);
  expect((await bucket.status()).createdAt).not.toBe(createdAt);
  expect(await entries()).toEqual([{ key: 'acme.1', value: {} }]);
});

it('the state bucket keeps one message per key, whatever is deleted and put again, until someone purges', async () => {
  const bucket = bus.stateBucket();
  await bucket.putAll(many);
  const { last } = await bucket.status();
  await bucket.deleteAll(many.slice(0, 200).map(({ key }) => key));
  await bucket.putAll(many.slice(100, 300));
  expect(await bucket.status()).toMatchObject({ messages: 500, last: last + 400 });

  await (await jetstreamManager(anybody)).streams.purge('KV_INTEGRATIONS_STATE', { filter: '$KV.*.acme.1000' });
  expect(await bucket.status()).toMatchObject({ messages: 499 });
});

it('the state bucket gives up on a server that falls silent during a read', async () => {
  await bus.stateBucket().putAll(many.map(({ key }) => ({ key, value: { text: 'x'.repeat(20_000) } })));
  const door = new Door(new URL(nats.url));
  const reader = await Bus.connect({ servers: await door.open(), name: 'reader' });

  let read = 0;
  const all = reader.stateBucket().forEach(() => {
    read += 1;
    door.freeze();
  });
  await expect(all).rejects.toThrow('no message for 5000 ms');
  expect(read).toBeGreaterThan(0);
  expect(read).toBeLessThan(many.length);

  await door.shut();
  await reader.drain();
});
