import type { ProbeLease } from '@integrations/database';
import { setTimeout as sleep, setImmediate as turn } from 'node:timers/promises';
import type { FinishedProbe } from '../probing/record';
import { Bulkheads, type BulkheadLimits } from './bulkheads';
import { Poller, type PollerOptions } from './poller';

const LIMITS = { ofProvider: 2, ofHost: 100, ofResults: 6 };

/** A schedule where something is always due, and a database that writes when the test says so. */
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

it('probes on while results wait to be written, until too many wait', async () => {
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

it('goes on after a probe that could not be made, and leaves its lease to run out', async () => {
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

it('leaves a database that does not answer in peace for a moment, then goes on', async () => {
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

it('gives back what it breaks off at its end', async () => {
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

it('ends what takes too long, and says that it was slow', async () => {
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

it('begins what is due behind vendors that do not answer', async () => {
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

it('goes on at once with a host that has more due than may run, if its probes take no time', async () => {
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

it('looks only for what has become due since it last looked, as long as no host is full', async () => {
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
  // What the busy host had is passed over in the first look and in the second, which is for what is due behind it.
  expect(since).toEqual([null, null, null, late, late]);
});

it('leases nothing by a claim that PostgreSQL comes to only after ten seconds, by its own clock', async () => {
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

it('looks again for all that is due after a claim that PostgreSQL came to too late, or whose clock was put forward', async () => {
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
