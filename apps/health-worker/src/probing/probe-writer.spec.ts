import type { ProbeVerdict } from '@integrations/contracts';
import { DatabaseError } from '@integrations/database';
import { ProbeWriter } from './probe-writer';
import type { FinishedProbe, Recorded } from './record';

const LEASE_MS = 30_000;
const AWAY = new DatabaseError('the database is away', 'ECONNREFUSED', null);
const REFUSED = new DatabaseError('it does not fit', '22P05', null);

/** A writer over a recorder that does as the test says, with a count of the waiting results. */
function setUp(record: (targets: string[]) => void | Promise<void>, retire = async () => {}, moveUp = async () => {}) {
  const batches: string[][] = [];
  const [errors, retired, lost, logged]: [unknown[], string[], string[], unknown[]] = [[], [], [], []];
  const [recovered, movedUp] = [new Set<string>(), [] as string[][]];
  let waiting = 0;
  const writer = new ProbeWriter({
    recorder: {
      record: async (finished): Promise<Recorded> => {
        const targets = finished.map(({ lease }) => lease.target);
        batches.push(targets);
        await record(targets);
        return { held: new Set(targets.filter((target) => target !== 'taken over')), turned: [], recovered };
      },
    },
    schedule: {
      retire: async (leases) => {
        await retire();
        retired.push(...leases.map(({ target }) => target));
      },
      moveUp: async (hosts) => {
        movedUp.push([...hosts]);
        await moveUp();
      },
    },
    bulkheads: { found: () => void (waiting += 1), settled: (results) => void (waiting -= results) },
    metrics: { healthChecked: () => undefined },
    scheduling: { leaseLost: (provider) => void lost.push(provider) },
    log: { info: (told) => void logged.push(told), warn: (told) => void logged.push(told) },
    onError: (error) => void errors.push(error),
  });
  return { writer, batches, errors, retired, lost, logged, recovered, movedUp, waiting: () => waiting };
}

function finished(target: string, leaseMs = LEASE_MS, integration: object | null = {}): FinishedProbe {
  const lease = { target, provider: 'forge', integration } as FinishedProbe['lease'];
  return { lease, leasedUntil: performance.now() + leaseMs, slow: false, verdict: null };
}

describe('ProbeWriter', () => {
  beforeEach(() => void jest.useFakeTimers());
  afterEach(() => void jest.useRealTimers());

  const pass = (ms: number) => jest.advanceTimersByTimeAsync(ms);

  it('writes a result together with those that follow soon', async () => {
    const { writer, batches, waiting } = setUp(() => undefined);
    writer.add(finished('first'));
    await pass(49);
    expect(batches).toEqual([]);
    writer.add(finished('second'));
    await pass(1);
    expect(batches).toEqual([['first', 'second']]);
    expect(waiting()).toBe(0);
  });

  it('writes 250 results as soon as they are there, and no more at once', async () => {
    const { writer, batches, waiting } = setUp(() => undefined);
    writer.add(finished('first'));
    await pass(10);
    for (let n = 0; n < 250; n++) writer.add(finished(`${n}`));
    expect(waiting()).toBe(251);
    await pass(0);
    expect(batches.map(({ length }) => length)).toEqual([250]);
    await pass(50);
    expect(batches.map(({ length }) => length)).toEqual([250, 1]);
    expect(waiting()).toBe(0);
  });

  it('writes one batch at a time', async () => {
    const { promise, resolve } = Promise.withResolvers<void>();
    const { writer, batches, waiting } = setUp(() => promise);
    writer.add(finished('a'));
    await pass(50);
    writer.add(finished('b'));
    await pass(1_000);
    expect(batches).toEqual([['a']]);
    resolve();
    await pass(50);
    expect(batches).toEqual([['a'], ['b']]);
    expect(waiting()).toBe(0);
  });

  it('tries again while the leases hold, and gives up what it cannot write in time', async () => {
    let isAway = true;
    const { writer, batches, errors, waiting } = setUp(() => {
      if (isAway) throw AWAY;
    });
    writer.add(finished('lasting'));
    writer.add(finished('short', 1_500));
    await pass(50);
    expect(batches).toEqual([['lasting', 'short']]); // and not one by one
    expect([errors, waiting()]).toEqual([[], 2]);
    await pass(1_050);
    expect([errors, waiting()]).toEqual([[AWAY], 1]);
    isAway = false;
    await pass(1_050);
    expect(batches.at(-1)).toEqual(['lasting']);
    expect([errors, waiting()]).toEqual([[AWAY], 0]);
  });

  it.each([
    ['PostgreSQL refuses', REFUSED],
    ['no JSON can be made of', new TypeError('Do not know how to serialize a BigInt')],
  ])('loses and delays no other result for one that %s', async (_what, refused) => {
    const { writer, batches, errors, waiting } = setUp((targets) => {
      if (targets.includes('bad')) throw refused;
    });
    for (const target of ['a', 'bad', 'b']) writer.add(finished(target, 1_500));
    await pass(50);
    expect(batches).toEqual([['a', 'bad', 'b'], ['a'], ['bad'], ['b']]);
    expect([errors, waiting()]).toEqual([[], 1]);
    writer.add(finished('c'));
    await pass(50);
    expect(batches.at(-1)).toEqual(['c']);
    await pass(1_000);
    expect([errors, waiting()]).toEqual([[refused], 0]);
  });

  it('writes waiting results and those to be tried again once before it closes', async () => {
    let isAway = true;
    const { writer, batches, errors, waiting } = setUp(() => {
      if (isAway) throw AWAY;
    });
    writer.add(finished('again'));
    await pass(50);
    writer.add(finished('new'));
    isAway = false;
    await writer.close();
    expect(batches.flat().sort()).toEqual(['again', 'again', 'new']);
    expect([errors, waiting()]).toEqual([[], 0]);
  });

  it('gives up results that cannot be written when it closes', async () => {
    const { writer, batches, errors, waiting } = setUp(() => {
      throw AWAY;
    });
    writer.add(finished('a'));
    await pass(50);
    await writer.close();
    expect(batches).toEqual([['a'], ['a']]);
    expect([errors, waiting()]).toEqual([[AWAY], 0]);
  });

  it('retires targets that nobody shares any more, and counts leases that it has lost', async () => {
    const { writer, batches, retired, lost } = setUp(() => undefined);
    writer.add(finished('abandoned', LEASE_MS, null));
    writer.add(finished('taken over'));
    writer.add(finished('held'));
    writer.add(finished('held, too'));
    await pass(50);
    expect(retired).toEqual(['abandoned']);
    expect(batches).toEqual([['taken over', 'held', 'held, too']]);
    expect(lost).toEqual(['forge']);
  });

  it('tries again to retire targets that it could not retire', async () => {
    const { writer, batches, errors, retired } = setUp(
      () => undefined,
      jest.fn(async () => {}).mockRejectedValueOnce(AWAY),
    );
    writer.add(finished('abandoned', LEASE_MS, null));
    writer.add(finished('held'));
    await pass(50);
    expect([retired, batches]).toEqual([[], []]);
    await pass(1_050);
    expect([retired, batches, errors]).toEqual([['abandoned'], [['held']], []]);
  });

  it('moves up the checks of a recovered host once a minute, whether or not that fails', async () => {
    const { writer, errors, recovered, movedUp, waiting } = setUp(
      () => undefined,
      undefined,
      jest.fn(async () => {}).mockRejectedValueOnce(AWAY),
    );
    const write = async () => {
      writer.add(finished('a'));
      await pass(50);
    };
    recovered.add('first.example');
    await write();
    recovered.add('second.example');
    await write();
    await write();
    expect(movedUp).toEqual([['first.example'], ['second.example']]);
    await pass(60_000);
    await write();
    expect(movedUp.slice(2)).toEqual([['first.example', 'second.example']]);
    expect([errors, waiting()]).toEqual([[AWAY], 0]);
  });

  it('logs checks that we could not make, once a minute for each provider', async () => {
    const { writer, logged } = setUp(() => undefined);
    const ours = { status: 'unknown', code: 'prober_error', message: 'secret store vault: sealed' } as ProbeVerdict;
    const theirs = { status: 'unhealthy', code: 'server_degraded', message: '503' } as ProbeVerdict;
    for (const verdict of [ours, ours, theirs]) writer.add({ ...finished('a'), verdict });
    await pass(50);
    const told = { provider: 'forge', reason: 'secret store vault: sealed' };
    expect(logged).toEqual([{ ...told, failures: 1 }]);
    await pass(60_000);
    writer.add({ ...finished('a'), verdict: ours });
    await pass(50);
    expect(logged).toEqual([
      { ...told, failures: 1 },
      { ...told, failures: 2 },
    ]);
  });
});
