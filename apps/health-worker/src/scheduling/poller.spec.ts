import type { ProbeLease } from '@integrations/database';
import { setImmediate as turn } from 'node:timers/promises';
import type { FinishedProbe } from '../probing/record';
import { Poller } from './poller';

const LIMITS = { ofProvider: 2, ofHost: 100, ofResults: 6 };

/** A schedule where something is always due, and a database that writes when the test says so. */
function setUp() {
  const probed: string[] = [];
  const released: string[] = [];
  const waiting: PromiseWithResolvers<void>[] = [];
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
      refusedVersion: null,
      integration: null,
    };
  };
  const poller = new Poller({
    schedule: {
      claimDue: async ({ wanted }) => ({
        leases: wanted.flatMap(({ slow, limit }) => (slow ? [] : Array.from({ length: limit }, lease))),
        crowded: [],
      }),
      release: async (leases) => void released.push(...leases.map(({ target }) => target)),
    },
    providers: ['forge'],
    probe: async (taken) => {
      probed.push(taken.target);
      await turn();
      return { lease: taken } as FinishedProbe;
    },
    record: async () => {
      const written = Promise.withResolvers<void>();
      waiting.push(written);
      return written.promise;
    },
    onInFlight: () => undefined,
    onError: (error) => void errors.push(error),
    limits: LIMITS,
    leaseMs: 1_000,
    pollMs: 1,
  });
  const write = () => waiting.splice(0).forEach(({ resolve }) => resolve());
  return { poller, probed, released, waiting, errors, write };
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
  const stopped = poller.stop();
  write();
  await stopped;
});

it('has room again for what could not be written', async () => {
  const { poller, waiting, errors, write } = setUp();
  poller.start();
  await until(() => waiting.length >= LIMITS.ofResults);
  const failed = waiting.splice(0);
  failed.forEach(({ reject }) => reject(new Error('the database is away')));
  await until(() => waiting.length >= LIMITS.ofResults);
  expect(errors).toHaveLength(failed.length);
  const stopped = poller.stop();
  write();
  await stopped;
});

it('gives back what it breaks off at its end, and waits for what is being written', async () => {
  const { poller, probed, released, waiting, write } = setUp();
  poller.start();
  await until(() => probed.length > 0);
  let isStopped = false;
  const stopped = poller.stop().then(() => (isStopped = true));
  await manyPolls();
  expect(isStopped).toBe(waiting.length === 0);
  const recorded = waiting.length;
  write();
  await stopped;
  expect(released.length + recorded).toBe(probed.length);
});

it('goes on at once with a host that has more due than may run, if its probes take no time', async () => {
  let left = 40;
  const claimed: number[] = [];
  const poller = new Poller({
    schedule: {
      claimDue: async ({ running, hostLimit }) => {
        const taken = running.find(({ host }) => host === 'busy')?.probes ?? 0;
        const many = Math.min(left, hostLimit - taken);
        left -= many;
        claimed.push(many);
        const one = { target: '', leaseToken: '', provider: 'forge', host: 'busy', slow: false, lagMs: 0 };
        const leases = Array.from({ length: many }, () => ({ ...one, refusedVersion: null, integration: null }));
        return { leases, crowded: left > 0 && many > 0 ? ['busy'] : [] };
      },
      release: async () => undefined,
    },
    providers: ['forge'],
    probe: async (lease) => ({ lease }) as FinishedProbe,
    record: async () => undefined,
    onInFlight: () => undefined,
    onError: (error) => {
      throw error;
    },
    limits: { ofProvider: 100, ofHost: 4, ofResults: 100 },
    leaseMs: 1_000,
    pollMs: 600_000,
  });
  poller.start();
  await until(() => left === 0);
  expect(claimed.filter((many) => many > 0)).toEqual(Array.from({ length: 10 }, () => 4));
  await poller.stop();
});
