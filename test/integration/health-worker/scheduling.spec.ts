import type { ProbeVerdict } from '@integrations/contracts';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { request } from 'undici';
import { eventually } from '../../support/eventually';
import { blackHole, DOWN, verdict, type Vendor, Workers } from './workers';

let workers: Workers;

beforeEach(async () => {
  workers = await Workers.open();
});
afterEach(() => workers.close());

function judged(count: number): Promise<true> {
  return eventually(`${count} healths`, async () => ((await workers.healths()).length >= count ? true : null));
}

describe('a requested check', () => {
  it('is repeated soon, once, if we could not make it', async () => {
    const [asked] = await workers.due(2);
    await workers.start({ vendor: async () => verdict({ status: 'unknown', code: 'prober_error' }) });
    await judged(2);
    await workers.idle();
    await workers.schedule.wake(asked!.tenantId, asked!.id);
    const soon = () =>
      workers.db.sql(
        `SELECT s.integration_id AS id FROM probe_schedule s JOIN probe_target t ON t.key = s.target
         WHERE t.lease_token IS NULL AND t.due_at BETWEEN now() AND now() + interval '10 seconds'`,
      );
    await eventually('its time', async () => ((await soon()).length > 0 ? true : null));
    expect(await soon()).toEqual([{ id: asked!.id }]);
    await workers.dueAgain();
    await workers.idle();
    expect(await soon()).toEqual([]);
  });
});

it('a host found to be back has its other integrations checked within their interval', async () => {
  let answer: Partial<ProbeVerdict> = DOWN;
  const [first] = await workers.due(1, { endpoint: 'https://one.example', intervalSeconds: 60 });
  for (let n = 0; n < 29; n++) await workers.due(1, { endpoint: `https://one.example/${n}`, intervalSeconds: 60 });
  await workers.start({ vendor: async () => verdict(answer) });
  await judged(30);
  await workers.idle();
  answer = {};
  for (let successes = 0; successes < 2; successes++) {
    await workers.schedule.wake(first!.tenantId, first!.id);
    await workers.idle();
  }
  const intervalLater = new Date(Date.now() + 65_000);
  await eventually('the others to be due', async () => {
    const seldom = await workers.db.sql('SELECT FROM probe_target WHERE due_at > $1', [intervalLater]);
    return seldom.length === 0 || null;
  });
});

describe('two workers', () => {
  it('share the due probes, and never probe a target twice at once', async () => {
    await workers.due(120);
    const bothAtWork = Promise.withResolvers<void>();
    const atWork = new Set<number>();
    const running = new Set<string>();
    const probes: { id: string; by: number }[] = [];
    const twice: string[] = [];
    const vendor =
      (by: number): Vendor =>
      async ({ id }) => {
        if (running.has(id)) twice.push(id);
        running.add(id);
        probes.push({ id, by });
        if (atWork.add(by).size === 2) bothAtWork.resolve();
        await bothAtWork.promise;
        await new Promise((resolve) => setTimeout(resolve, 20));
        running.delete(id);
        return verdict();
      };
    const env = { PROBE_CONCURRENCY: '10' };
    await Promise.all([0, 1].map((by) => workers.start({ vendor: vendor(by), env })));
    await judged(120);
    expect(twice).toEqual([]);
    expect(new Set(probes.map(({ id }) => id)).size).toBe(120);
    expect(probes).toHaveLength(120);
  });

  it('take over from a dead worker, whose late results are dropped', async () => {
    const made = await workers.due(10);
    const { promise: late, resolve: wakeUp } = Promise.withResolvers<void>();
    let begun = 0;
    const stuck = await workers.start({
      vendor: async () => {
        begun += 1;
        await late;
        return verdict(DOWN);
      },
      // Without free slots, it does not claim its own lost targets again.
      env: { PROBE_LEASE_MS: '1000', PROBE_CONCURRENCY: '10' },
    });
    await eventually('its probes', () => (begun === made.length ? true : null));
    await workers.start({ vendor: async () => verdict() });
    await judged(made.length);

    wakeUp();
    await eventually('its late results', () => (stuck.leasesLost() === made.length ? true : null));
    expect((await workers.healths()).map(({ status, failures }) => [status, failures])).toEqual(
      made.map(() => ['healthy', 0]),
    );
    expect(await workers.events('health_changed')).toHaveLength(made.length);
    expect(await workers.db.sql(`SELECT FROM health_result WHERE status = 'unhealthy'`)).toEqual([]);
  });
});

describe('a shared target', () => {
  it('is probed once for all its integrations, each of which gets the result', async () => {
    let requests = 0;
    const server = createServer((_, response) => {
      requests += 1;
      response.end();
    }).listen(0, '127.0.0.1');
    await new Promise((resolve) => server.once('listening', resolve));
    const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    try {
      await workers.due(60, { endpoint });
      const vendor: Vendor = async (integration) => {
        await (await request(integration.endpoint)).body.dump();
        return verdict();
      };
      await Promise.all([workers.start({ vendor }), workers.start({ vendor })]);
      await judged(60);
      expect(requests).toBe(1);
      expect(new Set((await workers.events('health_changed')).map((event) => event.integration_id)).size).toBe(60);

      await workers.dueAgain();
      await eventually('a second look', async () =>
        (await workers.healths()).every(({ successes }) => successes === 2) ? true : null,
      );
      expect(requests).toBe(2);
    } finally {
      server.closeAllConnections();
      server.close();
    }
  });

  it('is probed again for an integration whose settings changed during the probe', async () => {
    const [left, changed] = await workers.due(2, { endpoint: 'https://one.example' });
    const { promise: answered, resolve: answer } = Promise.withResolvers<void>();
    let begun = false;
    await workers.start({
      vendor: async ({ endpoint }) => {
        if (endpoint !== 'https://one.example') return verdict();
        begun = true;
        await answered;
        return verdict(DOWN);
      },
    });
    await eventually('the probe', () => begun || null);
    const { id, tenantId, generation } = changed!;
    await workers.integrations.update(tenantId, id, generation, { endpoint: 'https://two.example' });
    await workers.schedule.put(id, tenantId, 60, new Date());
    answer();
    await judged(2);
    const statuses = new Map((await workers.healths()).map(({ integrationId, status }) => [integrationId, status]));
    expect(statuses).toEqual(
      new Map([
        [left!.id, 'unhealthy'],
        [id, 'healthy'],
      ]),
    );
  });
});

describe('hanging probes', () => {
  it('of one provider hold up no other provider', async () => {
    await workers.due(100, { provider: 'hanging' });
    let quick = 0;
    let hanging = 0;
    const vendor: Vendor = async (integration, signal) => {
      if (integration.provider === 'hanging') {
        hanging += 1;
        return blackHole(integration, signal);
      }
      quick += 1;
      return verdict();
    };
    const env = { PROBE_CONCURRENCY: '10', PROBE_TIMEOUT_MS: '60000', PROBE_LEASE_MS: '90000' };
    await workers.start({ vendor, providers: ['hanging', 'in_memory'], env });
    await eventually('the hanging ones', () => (hanging === 10 ? true : null));
    await workers.due(50, {}, new Date());
    await judged(50);
    expect([quick, hanging]).toEqual([50, 10]);
  });

  it('keeps to a few places of its provider once that is known', async () => {
    // Few enough to start in one turn of the event loop.
    const made = await workers.due(13);
    const holes = new Set(made.slice(0, 9).map(({ id }) => id));
    let checks = 0;
    let hanging = 0;
    let most = 0;
    const vendor: Vendor = async (integration, signal) => {
      checks += 1;
      if (!holes.has(integration.id)) return verdict();
      most = Math.max(most, (hanging += 1));
      return blackHole(integration, signal).finally(() => (hanging -= 1));
    };
    await workers.start({ vendor, env: { PROBE_CONCURRENCY: '24', PROBE_TIMEOUT_MS: '200' } });
    await judged(13);
    expect(most).toBe(9);

    most = 0;
    await workers.dueAgain();
    await workers.idle();
    expect(checks).toBe(26);
    expect(most).toBe(3);
  });

  it('of one host hold up no other host of the same provider', async () => {
    const hanging = new Set<string>();
    const vendor: Vendor = async (integration, signal) => {
      if (!integration.endpoint.startsWith('https://hole.example')) return verdict();
      hanging.add(integration.id);
      return blackHole(integration, signal);
    };
    for (let n = 0; n < 40; n++) await workers.due(1, { endpoint: `https://hole.example/${n}` });
    await workers.due(20, {}, new Date());
    const limits = { PROBE_CONCURRENCY: '8', PROBE_HOST_CONCURRENCY: '3' };
    await workers.start({ vendor, env: { ...limits, PROBE_TIMEOUT_MS: '60000', PROBE_LEASE_MS: '90000' } });
    await judged(20);
    expect(hanging.size).toBe(3);
  });
});

it('probes return to their fixed times after everything was due at once, as after an outage', async () => {
  await workers.due(240, { intervalSeconds: 60 });
  await workers.start({ vendor: async () => verdict() });
  await judged(240);
  await eventually('the leases to be over', async () =>
    (await workers.db.sql('SELECT FROM probe_target WHERE lease_token IS NOT NULL')).length === 0 ? true : null,
  );
  const dues = await workers.db.sql<{ key: string; ms: number }>(
    'SELECT key, (extract(epoch FROM due_at) * 1000)::float8 AS ms FROM probe_target',
  );
  const perSixth = new Array<number>(6).fill(0);
  for (const { key, ms } of dues) {
    expect(ms % 60_000).toBe(Number.parseInt(key.slice(0, 8), 16) % 60_000);
    perSixth[Math.floor((ms % 60_000) / 10_000)]! += 1;
  }
  expect(Math.max(...perSixth)).toBeLessThan(2 * 40);
});
