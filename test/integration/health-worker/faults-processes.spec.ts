import { eventSource } from '@integrations/contracts';
import type { IntegrationRow } from '@integrations/database';
import { type AppProcess, startApp } from '../../support/app-process';
import { eventually } from '../../support/eventually';
import { startTestNats, type TestNats } from '../../support/nats';
import { Consumer } from '../nothing-lost/consumer';
import { Workers } from './workers';

const HEALTHY = { latencyMs: 150 };
const COUNT = 60;
/** Too few to look like the prober's own trouble, even to a new worker that has seen only twenty hosts. */
const DOWN = 5;

let workers: Workers;
let nats: TestNats;
let consumer: Consumer;
let made: IntegrationRow[];
const running: AppProcess[] = [];

beforeEach(async () => {
  [workers, nats] = await Promise.all([Workers.open(), startTestNats()]);
  await startWorker(); // creates the streams
  consumer = await Consumer.start(nats.url);
  made = await workers.due(COUNT, { authRef: null, config: HEALTHY });
});

afterEach(async () => {
  await Promise.all(running.splice(0).map((app) => app.stop()));
  await consumer.stop();
  await Promise.all([workers.close(), nats.stop()]);
});

async function startWorker(): Promise<void> {
  const limits = { PROBE_CONCURRENCY: '10', PROBE_TIMEOUT_MS: '2000', PROBE_LEASE_MS: '3000', PROBE_POLL_MS: '50' };
  const env = { DATABASE_URL: workers.db.url, NATS_URL: nats.url, LOG_LEVEL: 'warn', ...limits };
  running.push(await startApp('health-worker', env));
}

/** Waits until some results are written, some in flight, and many outstanding. Starts another round if one was missed. */
async function midway(): Promise<void> {
  await eventually('a worker in the middle of a batch', async () => {
    const [found] = await workers.db.sql<{ held: number; open: number }>(
      `SELECT count(*) FILTER (WHERE lease_token IS NOT NULL)::int AS held,
              count(*) FILTER (WHERE lease_token IS NULL AND due_at <= now())::int AS open FROM probe_target`,
    );
    const { held, open } = found!;
    if (held + open === 0) await workers.dueAgain();
    return held > 0 && open < COUNT - 10 && open >= 20;
  });
}

async function goDown(count: number): Promise<void> {
  for (const { id, tenantId, generation, intervalSeconds } of made.slice(0, count)) {
    await workers.integrations.update(tenantId, id, generation, { config: { failWith: 'network' } });
    await workers.schedule.put(id, tenantId, intervalSeconds, new Date());
  }
}

/** Expects each status change exactly once in the history, in the outbox and in the stream, whatever was disturbed. */
async function expectEachTurnOnce(): Promise<void> {
  const first = made.map(({ id }) => `${id} unknown healthy`);
  const turned = made.slice(0, DOWN).map(({ id }) => `${id} healthy unhealthy`);
  const expected = [...first, ...turned].sort();
  expect(await workers.turns()).toEqual({ history: expected, events: expected });

  await eventually('all to be published', async () => {
    const waiting = await workers.db.sql('SELECT FROM outbox WHERE published_at IS NULL');
    return waiting.length === 0 || null;
  });
  await eventually('the consumer', async () => (await consumer.isDone()) || null);
  expect(consumer.complaints).toEqual([]);
  const told = made.map(({ id, tenantId }) => consumer.taken.get(eventSource(tenantId, id))?.map(({ event }) => event));
  expect(told).toEqual(made.map((_, n) => Array.from({ length: n < DOWN ? 2 : 1 }, () => 'health_changed')));
}

it('the probes of a killed worker are taken over by another, and each status change is published once', async () => {
  const killedMidway = async () => {
    await midway();
    await running.pop()?.kill();
    expect((await workers.db.sql('SELECT FROM probe_target WHERE lease_token IS NOT NULL')).length).toBeGreaterThan(0);
    await startWorker();
    await workers.idle();
  };
  await killedMidway();
  await goDown(DOWN);
  for (let round = 0; round < 3; round++) {
    await workers.dueAgain();
    await killedMidway();
  }
  await expectEachTurnOnce();
}, 300_000);

it('status changes during an outage of NATS are published once when it is back', async () => {
  const disturbed = async () => {
    await midway();
    await nats.restart();
    await workers.idle();
  };
  await disturbed();
  await goDown(DOWN);
  for (let round = 0; round < 3; round++) {
    await workers.dueAgain();
    await disturbed();
  }
  await expectEachTurnOnce();
}, 300_000);
