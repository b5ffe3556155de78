import type { ProbeLease } from '@integrations/database';
import { setTimeout as sleep, setImmediate as turn } from 'node:timers/promises';
import type { FinishedProbe } from '../probing/record';
import { Bulkheads, type BulkheadLimits } from './bulkheads';
import { Poller, type PollerOptions } from './poller';

const LIMITS = { ofProvider: 2, ofHost: 100, ofResults: 6 };

/** A schedule in which probes are always due, and a database that writes when the test says so. */
function setUp(overrides: Partial<PollerOptions> = {}, limits: BulkheadLimits = LIMITS) {
  const bulkheads = new Bulkheads(['forge'], limits);
  const probed: string[] = [];
  const released: string[] = [];
  const waiting: FinishedProbe[] = [];
  const errors: unknown[] = [];
  let due = 0;
  const lease = (): ProbeLease => {
    const target = `target ${due++}`;
    return {
      target,
      leaseToken: '',
      provider: 'forge',
      host: target,
      slow: false,
      lagMs: 0,
      woken: false,
      refusedVersion: null,
      integration: null,
    };
  };
  const poller = new Poller({
    schedule: {
      claimDue: async ({ wanted }) => ({
        now: new Date(),
        leases: wanted.flatMap(({ slow, limit }) => (slow ? [] : Array.from({ length: limit }, lease))),
        crowded: [],
      }),
      release: async (leases) => void released.push(...leases.map(({ target }) => target)),
    },
    ...{ providers: ['forge'], bulkheads },
    probe: async (taken) => {
      probed.push(taken.target);
      await turn();
      return null;
    },
    write: (finished) => {
      bulkheads.found();
      waiting.push(finished);
    },
    onInFlight: () => undefined,
    onError: (error) => void errors.push(error),
    ...{ timeoutMs: 60_000, leaseMs: 1_000, pollMs: 1 },
    ...overrides,
  });
  const write = () => bulkheads.settled(waiting.splice(0).length);
  return { poller, probed, released, waiting, errors, write };
}

async function hang(signal: AbortSignal): Promise<null> {
  await new Promise((resolve) => signal.addEventListener('abort', resolve));
  return null;
}

async function until(what: () => boolean): Promise<void> {
  while (!what()) await new Promise((resolve) => setTimeout(resolve, 1));
}

async function manyPolls(): Promise<void> {
  for (let n = 0; n < 20; n++) await new Promise((resolve) => setTimeout(resolve, 1));
}

it('keeps probing while results wait to be written, until too many wait', async () => {
  const { poller, probed, waiting, write } = setUp();
  poller.start();
  await until(() => waiting.length >= LIMITS.ofResults);
  await manyPolls();
  const most = LIMITS.ofResults + LIMITS.ofProvider - 1;
  expect(probed.length).toBeLessThanOrEqual(most);
  expect(waiting).toHaveLength(probed.length);

  const before = probed.length;
  write();
  await until(() => waiting.length >= LIMITS.ofResults);
  expect(probed.length).toBeGreaterThan(before);
  await poller.stop();
});

it('goes on after a probe that could not be made, and lets its lease expire', async () => {
  const refusal = new Error('no');
  const { poller, probed, released, waiting, errors } = setUp({
    probe: async ({ target }) => {
      probed.push(target);
      throw refusal;
    },
  });
  poller.start();
  await until(() => probed.length > 2 * LIMITS.ofProvider);
  await poller.stop();
  expect(errors).toEqual(probed.map(() => refusal));
  expect(waiting).toEqual([]);
  expect(released).toEqual([]);
});

it('leaves a database that does not answer alone for a moment, then goes on', async () => {
  const outage = new Error('away');
  let asked = 0;
  const schedule: PollerOptions['schedule'] = {
    claimDue: async () => {
      if (asked++ === 0) throw outage;
      return { now: new Date(), leases: [], crowded: [] };
    },
    release: async () => undefined,
  };
  const { poller, errors } = setUp({ schedule });
  poller.start();
  await sleep(300); // hundreds of looks
  expect(asked).toBe(1);
  await until(() => asked > 2);
  await poller.stop();
  expect(errors).toEqual([outage]);
});

it('releases the leases of probes that it breaks off when it stops', async () => {
  const { poller, probed, released, waiting } = setUp({
    probe: async ({ target }, signal) => {
      probed.push(target);
      return hang(signal);
    },
  });
  poller.start();
  await until(() => probed.length === LIMITS.ofProvider);
  await poller.stop();
  expect(released.sort()).toEqual(probed);
  expect(waiting).toEqual([]);
});

it('ends a probe that takes too long, and reports it as slow', async () => {
  const { poller, waiting } = setUp({
    timeoutMs: 5,
    probe: async (_, signal) => {
      await hang(signal);
      expect(signal.reason).toMatchObject({ name: 'TimeoutError' });
      return null;
    },
  });
  poller.start();
  await until(() => waiting.length >= LIMITS.ofProvider);
  await poller.stop();
  expect(waiting[0]).toMatchObject({ slow: true, verdict: null });
});

it('begins probes that are due behind vendors that do not answer', async () => {
  const many = 100;
  const { poller, probed } = setUp(
    {
      probe: async ({ target }, signal) => {
        probed.push(target);
        return hang(signal);
      },
    },
    { ofProvider: many, ofHost: 1, ofResults: many },
  );
  poller.start();
  await until(() => probed.length === many);
  await poller.stop();
});

it('goes on at once with a host that has more probes due than may run, if they take no time', async () => {
  let left = 40;
  const claimed: number[] = [];
  const schedule: PollerOptions['schedule'] = {
    claimDue: async ({ running, hostLimit }) => {
      const taken = running.find(({ host }) => host === 'busy')?.probes ?? 0;
      const many = Math.min(left, hostLimit - taken);
      left -= many;
      claimed.push(many);
      const one = { target: '', leaseToken: '', provider: 'forge', host: 'busy', slow: false, lagMs: 0, woken: false };
      const leases = Array.from({ length: many }, () => ({ ...one, refusedVersion: null, integration: null }));
      return { now: new Date(), leases, crowded: left > 0 && many > 0 ? ['busy'] : [] };
    },
    release: async () => undefined,
  };
  const limits = { ofProvider: 100, ofHost: 4, ofResults: 100 };
  const { poller } = setUp({ schedule, probe: async () => null, pollMs: 600_000 }, limits);
  poller.start();
  await until(() => left === 0);
  expect(claimed.filter((many) => many > 0)).toEqual(Array.from({ length: 10 }, () => 4));
  await poller.stop();
});

it('looks only for targets that became due since the last look, as long as no host is full', async () => {
  const now = new Date();
  const since: unknown[] = [];
  let crowded = ['busy'];
  const schedule: PollerOptions['schedule'] = {
    claimDue: async ({ wanted }) => {
      since.push(wanted[0]?.since);
      const found = { now, leases: [], crowded };
      crowded = [];
      return found;
    },
    release: async () => undefined,
  };
  const { poller } = setUp({ schedule });
  poller.start();
  await until(() => since.length === 5);
  await poller.stop();
  const late = new Date(now.getTime() - 2_000);
  // The busy host is passed over in the first look, and in the second look for probes due behind it.
  expect(since).toEqual([null, null, null, late, late]);
});

it('leases nothing by a claim that PostgreSQL runs more than ten seconds late by its own clock', async () => {
  const now = new Date('2031-01-01T00:00:00Z');
  const ends: (Date | null | undefined)[] = [];
  const schedule: PollerOptions['schedule'] = {
    claimDue: async ({ until: end }) => {
      ends.push(end);
      return { now, leases: [], crowded: [] };
    },
    release: async () => undefined,
  };
  const { poller } = setUp({ schedule });
  poller.start();
  await until(() => ends.length === 2);
  await poller.stop();
  const [first, second] = ends;
  expect(first).toBeNull();
  expect(second!.getTime() - now.getTime()).toBeGreaterThanOrEqual(10_000);
  expect(second!.getTime() - now.getTime()).toBeLessThan(11_000);
});

it('looks again for everything due after a claim that ran too late, or a clock that was put forward', async () => {
  const at = Date.now();
  const since: unknown[] = [];
  const schedule: PollerOptions['schedule'] = {
    claimDue: async ({ wanted }) => {
      since.push(wanted[0]?.since);
      return { now: new Date(at + (since.length > 1 ? 3_600_000 : 0)), leases: [], crowded: [] };
    },
    release: async () => undefined,
  };
  const { poller } = setUp({ schedule });
  poller.start();
  await until(() => since.length === 4);
  await poller.stop();
  const [first, hourLater] = [0, 3_600_000].map((ms) => new Date(at + ms - 2_000));
  expect(since).toEqual([null, first, first, hourLater]);
});
