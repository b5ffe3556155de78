import { loadConfig } from '@integrations/config';
import type { ProbeVerdict } from '@integrations/contracts';
import { HealthRepository, type IntegrationRow, Outbox, ProbeScheduleRepository } from '@integrations/database';
import type { Connector } from '@integrations/providers';
import type { OperationMetrics } from '@integrations/telemetry';
import type { PinoLogger } from 'nestjs-pino';
import { HealthWorkerConfig } from '../../../apps/health-worker/src/config';
import { OnDemandProbes } from '../../../apps/health-worker/src/probing/on-demand-probes';
import { ProbeTurns } from '../../../apps/health-worker/src/probing/probe-turns';
import { eventually } from '../../support/eventually';
import { verdict, type Vendor, Workers } from './workers';

/** Answers when the test lets it, and records the maximum concurrency. */
class SlowVendor {
  readonly asked: string[] = [];
  most = 0;
  readonly #waiting: (() => void)[] = [];

  as =
    (who: string): Vendor =>
    async () => {
      this.asked.push(who);
      const { promise, resolve } = Promise.withResolvers<void>();
      this.#waiting.push(resolve);
      this.most = Math.max(this.most, this.#waiting.length);
      await promise;
      return verdict({ message: `asked by ${who}` });
    };

  async answer(): Promise<void> {
    await eventually('somebody to be asked', () => this.#waiting.length > 0);
    this.#waiting.shift()?.();
  }
}

let workers: Workers;
let vendor: SlowVendor;
let one: IntegrationRow;

beforeEach(async () => {
  workers = await Workers.open();
  vendor = new SlowVendor();
  [one] = (await workers.due(1)) as [IntegrationRow];
});
afterEach(() => workers.close());

describe('a probe on demand while another worker probes the same target', () => {
  it('waits for its turn if it is a test, which does more than a check', async () => {
    await workers.start({ vendor: vendor.as('the poller') });
    await eventually('the periodic check', () => vendor.asked.length === 1);
    const worker = await askable('a test');
    const test = worker.probe('test');
    await worker.waits();
    await vendor.answer();
    await vendor.answer();
    expect(await test).toMatchObject({ message: 'asked by a test' });
    expect(vendor).toMatchObject({ asked: ['the poller', 'a test'], most: 1 });
  });

  it("returns the other probe's result if it is a check", async () => {
    await workers.start({ vendor: vendor.as('the poller') });
    await eventually('the periodic check', () => vendor.asked.length === 1);
    const worker = await askable('a check');
    const check = worker.probe('check');
    await worker.waits();
    await vendor.answer();
    expect(await check).toMatchObject({ message: 'asked by the poller' });
    expect(vendor.asked).toEqual(['the poller']);
  });

  it("runs after the other worker's test", async () => {
    const [first, second] = [await askable('the first'), await askable('the second')];
    const tests = [first.probe('test')];
    await eventually('the first test', () => vendor.asked.length === 1);
    tests.push(second.probe('test'));
    await second.waits();
    await vendor.answer();
    await vendor.answer();
    expect((await Promise.all(tests)).map((told) => told?.message)).toEqual([
      'asked by the first',
      'asked by the second',
    ]);
    expect(vendor.most).toBe(1);
  });

  it('does not wait for ever for a dead worker', async () => {
    await workers.db.sql(
      `UPDATE probe_target SET lease_token = gen_random_uuid(), lease_until = now() + interval '1 hour'`,
    );
    const worker = await askable('a test', { TEST_TIMEOUT_MS: '600' });
    const test = worker.probe('test');
    await vendor.answer();
    expect(await test).toMatchObject({ status: 'healthy' });
  });
});

it('a finished test does not hold up periodic checks', async () => {
  const worker = await askable('a test');
  const test = worker.probe('test');
  await eventually('the test', () => vendor.asked.length === 1);
  await workers.start({ vendor: vendor.as('the poller') });
  await vendor.answer();
  await test;
  await vendor.answer();
  await workers.idle();
  expect(vendor).toMatchObject({ asked: ['a test', 'the poller'], most: 1 });
});

it('a test leaves the schedule to those who edit or disable the integration meanwhile', async () => {
  const worker = await askable('a test');
  const schedules = () => workers.db.sql('SELECT interval_seconds FROM probe_schedule');
  const test = worker.probe('test');
  await eventually('the test', () => vendor.asked.length === 1);
  await workers.integrations.update(one.tenantId, one.id, 1, { intervalSeconds: 600 });
  await workers.schedule.put(one.id, one.tenantId, 600, new Date());
  await vendor.answer();
  await test;
  expect(await schedules()).toEqual([{ interval_seconds: 600 }]);

  const another = worker.probe('test');
  await eventually('another test', () => vendor.asked.length === 2);
  await workers.integrations.update(one.tenantId, one.id, 2, { enabled: false });
  await workers.schedule.remove(one.tenantId, one.id);
  await vendor.answer();
  await another;
  expect(await schedules()).toEqual([]);
});

/** A separate worker, built as in the app, that accepts on-demand probes. */
async function askable(who: string, env: NodeJS.ProcessEnv = {}) {
  const database = await workers.db.another();
  const settings = { DATABASE_URL: workers.db.url, NATS_URL: 'nats://127.0.0.1:1', ...env };
  const config = loadConfig(HealthWorkerConfig, settings);
  const schedule = new ProbeScheduleRepository(database);
  const looks = jest.spyOn(schedule, 'lease');
  const connector = { check: vendor.as(who), test: vendor.as(who) } as unknown as Connector;
  const metrics = { healthChecked: () => undefined, connectionTested: () => undefined } as unknown as OperationMetrics;
  const probes = new OnDemandProbes(
    config,
    connector,
    new ProbeTurns(config, schedule),
    database,
    workers.integrations,
    new HealthRepository(database),
    schedule,
    new Outbox(database),
    metrics,
    { info: () => undefined } as unknown as PinoLogger,
  );
  return {
    probe: (kind: 'test' | 'check'): Promise<ProbeVerdict | null> => probes.run(kind, one, one.id),
    /** Resolves once the worker has found the target leased by another. */
    waits: () => eventually('it to wait', () => looks.mock.calls.length > 1),
  };
}
