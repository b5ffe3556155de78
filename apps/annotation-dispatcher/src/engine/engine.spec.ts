import type { Begun, LaneLease } from '@integrations/database';
import { Engine } from './engine';
import type { Leased, Stopping } from './lane-runner';

const CONCURRENCY = 8;
/** One of the eight places is kept for callers who wait. */
const FOR_ALL = 7;

describe('Engine', () => {
  const silent = { info: () => undefined, warn: () => undefined, error: () => undefined };
  const claimed = (count: number) =>
    Array.from({ length: count }, (_, n) => ({ lease: { lane: `${n}` } as LaneLease, begun: {} as Begun }));
  let engine: Engine;
  let looks: PromiseWithResolvers<ReturnType<typeof claimed>>[];
  let running: { readonly isCrowded: () => boolean; readonly end: () => void }[];

  beforeEach(() => {
    looks = [];
    running = [];
    const look = () => {
      looks.push(Promise.withResolvers());
      return looks.at(-1)!.promise;
    };
    const run = (_leased: Leased, { isCrowded }: Stopping) =>
      new Promise<null>((resolve) => void running.push({ isCrowded, end: () => resolve(null) }));
    const rest = { log: silent, providers: [], leaseMs: 30_000, pollMs: 60_000, concurrency: CONCURRENCY };
    engine = new Engine({ operations: { claimAndBegin: look }, runner: { run }, ...rest });
    engine.start();
  });
  afterEach(async () => {
    const stopped = engine.stop(0);
    for (const { end } of running) end();
    for (const { resolve } of looks) resolve([]);
    await stopped;
  });
  const settle = () => new Promise((resolve) => setImmediate(resolve));
  const answer = async (count: number) => {
    looks.at(-1)!.resolve(claimed(count));
    await settle();
  };

  it('has lanes make room until a claim shows that no due lane is left', async () => {
    await answer(FOR_ALL);
    running[0]!.end();
    await settle();
    expect(looks).toHaveLength(2);
    expect(running[1]!.isCrowded()).toBe(true);

    await answer(0);
    expect(running[1]!.isCrowded()).toBe(false);
  });

  it('looks again for a place that was freed while it looked', async () => {
    await answer(FOR_ALL);
    running[0]!.end();
    await settle();
    running[1]!.end();
    await settle();
    await answer(1);
    expect(looks).toHaveLength(3);
  });

  it('keeps places for callers who wait, however many operations come that nobody waits for', async () => {
    await answer(0);
    const places = Array.from({ length: CONCURRENCY }, () => engine.reserve(false));
    expect(places.filter(({ leaseMs }) => leaseMs !== null)).toHaveLength(FOR_ALL);

    const awaited = engine.reserve(true);
    expect(awaited.leaseMs).toBe(30_000);
    for (const place of [...places, awaited]) place.leave();
  });

  it('keeps those places while it claims lanes for the others', () => {
    expect(engine.reserve(false).leaseMs).toBeNull();
    expect(engine.reserve(true).leaseMs).toBe(30_000);
  });
});
