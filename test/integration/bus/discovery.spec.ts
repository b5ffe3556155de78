import { PlainJsonNatsServer, RequestRejected } from '@integrations/bus';
import { connect, type NatsConnection } from '@nats-io/transport-node';
import { Controller, type INestMicroservice, Logger, Module } from '@nestjs/common';
import { MessagePattern } from '@nestjs/microservices';
import { Test } from '@nestjs/testing';
import { eventually } from '../../support/eventually';
import { startTestNats, type TestNats } from '../../support/nats';

@Controller()
class TestController {
  @MessagePattern('shop.v1.rpc.cart.add_item')
  async addItem() {
    await new Promise((resolve) => setTimeout(resolve, 20));
    return 'added';
  }

  @MessagePattern('shop.v1.rpc.cart.clear')
  clear() {
    throw new RequestRejected('conflict', 'cart 7 of tenant acme is paid for');
  }
}

@Module({ controllers: [TestController] })
class TestModule {}

interface Answer {
  readonly type: string;
  readonly name: string;
  readonly id: string;
  readonly version: string;
  readonly metadata: object;
  readonly started: string;
  readonly endpoints: readonly Record<string, unknown>[];
}

let nats: TestNats;
let anybody: NatsConnection;
const apps: INestMicroservice[] = [];

async function startInstance(name: string): Promise<INestMicroservice> {
  const module = await Test.createTestingModule({ imports: [TestModule] }).compile();
  const options = { servers: nats.url, name, queue: `${name}-queue`, defaultTenant: 'default', version: '1.2.3' };
  const app = module.createNestMicroservice({ strategy: new PlainJsonNatsServer(options), logger: false });
  await app.listen();
  apps.push(app);
  return app;
}

/** All answers within the timeout, as `nats micro` collects them. Retries while there are fewer than `count`. */
async function discover(subject: string, count: number): Promise<Answer[]> {
  return eventually(`${count} answers`, async () => {
    const answers: Answer[] = [];
    const replies = await anybody.requestMany(subject, '', { strategy: 'timer', maxWait: 300 });
    for await (const reply of replies) answers.push(reply.json<Answer>());
    return answers.length >= count && answers.sort((a, b) => a.name.localeCompare(b.name));
  });
}

beforeAll(async () => {
  Logger.overrideLogger(false);
  nats = await startTestNats();
  anybody = await connect({ servers: nats.url });
  await startInstance('shop');
  await startInstance('shop');
  await startInstance('other');
});

afterAll(async () => {
  await Promise.all(apps.map((app) => app.close()));
  await anybody.close();
  await nats.stop();
});

it('every instance answers a ping for itself, whether all are asked or one name', async () => {
  const all = await discover('$SRV.PING', 3);
  expect(all.map(({ name }) => name)).toEqual(['other', 'shop', 'shop']);
  expect(new Set(all.map(({ id }) => id)).size).toBe(3);
  expect(all[0]).toEqual({
    type: 'io.nats.micro.v1.ping_response',
    name: 'other',
    id: expect.stringMatching(/^[A-Za-z0-9]{22}$/),
    version: '1.2.3',
    metadata: {},
  });
  expect((await discover('$SRV.PING.shop', 2)).map(({ name }) => name)).toEqual(['shop', 'shop']);
});

it('only the instance whose id is asked answers', async () => {
  const [first] = await discover('$SRV.PING.shop', 2);
  for (const verb of ['PING', 'INFO', 'STATS']) {
    const answers = await discover(`$SRV.${verb}.shop.${first!.id}`, 1);
    expect(answers.map(({ id }) => id)).toEqual([first!.id]);
  }
  await expect(discover(`$SRV.PING.other.${first!.id}`, 1)).rejects.toThrow('no responders');
});

it('an instance describes its endpoints', async () => {
  const [info] = await discover('$SRV.INFO.other', 1);
  expect(info).toEqual({
    type: 'io.nats.micro.v1.info_response',
    name: 'other',
    id: expect.any(String),
    version: '1.2.3',
    metadata: {},
    description: expect.any(String),
    endpoints: [
      { name: 'cart-add_item', subject: 'shop.v1.rpc.cart.add_item', queue_group: 'other-queue', metadata: {} },
      { name: 'cart-clear', subject: 'shop.v1.rpc.cart.clear', queue_group: 'other-queue', metadata: {} },
    ],
  });
});

it('an instance counts requests, errors and time, and quotes no error message', async () => {
  const before = await discover('$SRV.STATS.shop', 2);
  expect(before.flatMap(({ endpoints }) => endpoints.map((endpoint) => endpoint['num_requests']))).toEqual([
    0, 0, 0, 0,
  ]);
  // The other app has its own queue group, so it receives each request too, and may answer first.
  for (let n = 0; n < 6; n++) await anybody.request('shop.v1.rpc.cart.add_item', '{}', { timeout: 60_000 });
  for (let n = 0; n < 4; n++) await anybody.request('shop.v1.rpc.cart.clear', '{}', { timeout: 60_000 });

  const sumOf = (answers: Answer[], endpoint: number, field: string) =>
    answers.reduce((total, { endpoints }) => total + Number(endpoints[endpoint]![field]), 0);
  const after = await eventually('all requests in the statistics', async () => {
    const answers = await discover('$SRV.STATS.shop', 2);
    return sumOf(answers, 0, 'num_requests') + sumOf(answers, 1, 'num_requests') >= 10 ? answers : null;
  });
  const sum = (endpoint: number, field: string) => sumOf(after, endpoint, field);
  expect(after[0]).toMatchObject({ type: 'io.nats.micro.v1.stats_response', metadata: {} });
  expect(new Date(after[0]!.started).getTime()).toBeLessThanOrEqual(Date.now());
  expect([sum(0, 'num_requests'), sum(0, 'num_errors')]).toEqual([6, 0]);
  expect([sum(1, 'num_requests'), sum(1, 'num_errors')]).toEqual([4, 4]);
  expect(sum(0, 'processing_time')).toBeGreaterThan(6 * 15_000_000);
  const [busy] = after.flatMap(({ endpoints }) => endpoints.slice(0, 1)).filter((e) => e['num_requests'] !== 0);
  expect(busy!['average_processing_time']).toBe(
    Math.round(Number(busy!['processing_time']) / Number(busy!['num_requests'])),
  );
  expect(after.map(({ endpoints }) => endpoints[0]!['last_error'])).toEqual(['', '']);
  const errors = after.map(({ endpoints }) => endpoints[1]!['last_error']);
  expect(errors).toContain('conflict');
  expect(JSON.stringify(after)).not.toContain('acme');
});

it('an instance that has left no longer answers', async () => {
  const leaving = apps.pop()!;
  await leaving.close();
  expect((await discover('$SRV.PING', 2)).map(({ name }) => name)).toEqual(['shop', 'shop']);
});
