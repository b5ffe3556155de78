import { randomUUID } from 'node:crypto';
import fc from 'fast-check';
import { nextLook, nextProbe, onGrid, type Outlook } from './next-due';

const NOW = new Date(Date.UTC(2026, 0, 1));
const TARGET = 'deadbeef-0000-4000-8000-000000000000';

function outlook(overrides: Partial<Outlook> = {}): Outlook {
  const judgement = { status: 'healthy', settled: 'healthy', since: NOW, failures: 0 } as const;
  return { judgement, recheck: 'regular', verdict: { code: 'ok' }, intervalSeconds: 60, now: NOW, ...overrides };
}

function unhealthy(failures: number): Partial<Outlook> {
  return { judgement: { status: 'unhealthy', settled: 'unhealthy', since: NOW, failures } };
}

function interval(overrides: Partial<Outlook>): number {
  return nextProbe(TARGET, outlook(overrides)).intervalSeconds;
}

/** Seconds from now. */
function due(overrides: Partial<Outlook>): number {
  return (nextProbe(TARGET, outlook(overrides)).dueAt.getTime() - NOW.getTime()) / 1_000;
}

describe('the grid of a target', () => {
  it('is always ahead, by at most one interval, and always the same', () => {
    fc.assert(
      fc.property(fc.uuid(), fc.integer({ min: 10, max: 86_400 }), fc.integer({ min: 0, max: 1e13 }), (id, s, now) => {
        const at = onGrid(id, s * 1_000, now);
        expect(at).toBeGreaterThan(now);
        expect(at - now).toBeLessThanOrEqual(s * 1_000);
        expect(onGrid(id, s * 1_000, at)).toBe(at + s * 1_000);
      }),
    );
  });

  it('spreads what is due at the same moment evenly over the next interval', () => {
    const perSecond = new Array<number>(60).fill(0);
    for (let i = 0; i < 60_000; i++) {
      const second = Math.floor((onGrid(randomUUID(), 60_000, NOW.getTime()) - NOW.getTime() - 1) / 1_000);
      perSecond[second] = (perSecond[second] ?? 0) + 1;
    }
    expect(Math.max(...perSecond)).toBeLessThan(1_300);
    expect(Math.min(...perSecond)).toBeGreaterThan(700);
  });

  it('shares the points of a longer interval with those of a shorter one that divides it', () => {
    fc.assert(
      fc.property(fc.uuid(), fc.integer({ min: 0, max: 1e13 }), (id, now) => {
        const rare = onGrid(id, 300_000, now);
        expect(onGrid(id, 60_000, rare - 1)).toBe(rare);
      }),
    );
  });
});

describe('the next probe', () => {
  it('comes after ten seconds if one more result may change the status, or after a shorter interval', () => {
    expect(due({ recheck: 'edge', intervalSeconds: 300 })).toBe(10);
    expect(due({ recheck: 'edge', intervalSeconds: 5 })).toBe(5);
    expect(interval({ recheck: 'edge', intervalSeconds: 300 })).toBe(300);
  });

  it('comes every five minutes after a day of good health', () => {
    const since = (hours: number) => ({
      judgement: { ...outlook().judgement, since: new Date(NOW.getTime() - hours * 3_600_000) },
    });
    expect(interval(since(23))).toBe(60);
    expect(interval(since(24))).toBe(300);
    expect(interval({ ...since(24), intervalSeconds: 3_600 })).toBe(3_600);
    const degraded = { status: 'degraded', settled: 'degraded', failures: 0, since: new Date(0) } as const;
    expect(interval({ judgement: degraded })).toBe(60);
  });

  it('comes ever more rarely while unhealthy, up to every quarter of an hour', () => {
    expect([1, 2, 3, 4, 5, 6, 7, 99].map((failures) => interval(unhealthy(failures)))).toEqual([
      120, 120, 120, 240, 480, 900, 900, 900,
    ]);
    expect(interval({ ...unhealthy(3), intervalSeconds: 3_600 })).toBe(3_600);
  });

  it('waits for the end of a rate limit, at most a day', () => {
    const at = (seconds: number) => new Date(NOW.getTime() + seconds * 1_000).toISOString();
    const limited = (verdict: object) => due({ verdict: { code: 'rate_limited', ...verdict } });
    for (const [seconds, verdict] of [
      [600, { retryAfterMs: 600_000 }],
      [900, { quota: { resetAt: at(900) } }],
      [900, { retryAfterMs: 600_000, quota: { resetAt: at(900) } }],
      [86_400, { retryAfterMs: 1e12 }],
    ] as const) {
      expect(limited(verdict)).toBeGreaterThan(seconds);
      expect(limited(verdict)).toBeLessThanOrEqual(seconds + 60);
    }
    expect(limited({})).toBeLessThanOrEqual(60);
    expect(limited({ quota: { resetAt: 'soon' } })).toBeLessThanOrEqual(60);
  });

  it('checks a refused credential for a change every quarter of an hour', () => {
    expect(interval({ recheck: 'refused', ...unhealthy(2) })).toBe(900);
    expect(nextLook(TARGET, NOW).dueAt.getTime() - NOW.getTime()).toBeLessThanOrEqual(900_000);
  });

  const quota = fc.record({
    // Of a daily quota below 50, one probe a day is more than 2 %, but one is needed.
    limit: fc.integer({ min: 50, max: 100_000 }),
    left: fc.integer({ min: 1, max: 86_400 }),
  });
  const any = fc.record({
    intervalSeconds: fc.integer({ min: 10, max: 3_600 }),
    recheck: fc.constantFrom('regular', 'edge', 'refused'),
    failures: fc.integer({ min: 0, max: 50 }),
    settled: fc.constantFrom('healthy', 'degraded', 'unhealthy'),
    healthyForMs: fc.integer({ min: 0, max: 1e9 }),
    quota: fc.option(quota, { nil: undefined }),
  });

  function outlookOf(given: typeof any extends fc.Arbitrary<infer T> ? T : never): Outlook {
    const { intervalSeconds, recheck, failures, settled, healthyForMs } = given;
    const resetAt = new Date(NOW.getTime() + (given.quota?.left ?? 0) * 1_000).toISOString();
    return outlook({
      ...{ intervalSeconds, recheck },
      judgement: { status: settled, settled, failures, since: new Date(NOW.getTime() - healthyForMs) },
      verdict: { code: 'ok', ...(given.quota ? { quota: { limit: given.quota.limit, resetAt } } : {}) },
    });
  }

  it('uses no more than 2 % of a known quota, whatever else is true', () => {
    fc.assert(
      fc.property(any, (given) => {
        const { intervalSeconds } = nextProbe(TARGET, outlookOf(given));
        if (!given.quota) return;
        // The window ends when the vendor says, and is at least as long as the time left.
        const probes = given.quota.left / intervalSeconds;
        if (given.recheck !== 'edge') expect(probes).toBeLessThanOrEqual(0.02 * given.quota.limit);
      }),
    );
    const hourly = { limit: 60, resetAt: new Date(NOW.getTime() + 1_200_000).toISOString() };
    expect(interval({ verdict: { code: 'ok', quota: hourly } })).toBe(3_000);
    expect(due({ recheck: 'edge', verdict: { code: 'ok', quota: hourly } })).toBe(3_000);
  });

  it.each([
    [5, 6],
    [7, 24],
    [23, 24],
    [48, 48],
  ])('takes a quota that begins anew in %d hours for one of %d hours', (left, hours) => {
    const resetAt = new Date(NOW.getTime() + left * 3_600_000).toISOString();
    expect(interval({ verdict: { code: 'ok', quota: { limit: 200, resetAt } } })).toBe((hours * 3_600) / 4);
  });

  it.each(['soon', '2000-01-01T00:00:00Z'])('ignores a quota whose reset time is %s', (resetAt) => {
    const usual = interval({ verdict: { code: 'ok' } });
    expect(interval({ verdict: { code: 'ok', quota: { limit: 60, resetAt } } })).toBe(usual);
  });

  it('never comes sooner after a failure than after a success, and at twice the interval once it is reported', () => {
    fc.assert(
      fc.property(any, (given) => {
        const { dueAt, intervalSeconds } = nextProbe(TARGET, outlookOf(given));
        expect(dueAt.getTime()).toBeGreaterThan(NOW.getTime());
        expect(intervalSeconds).toBeGreaterThanOrEqual(given.intervalSeconds);
        if (given.settled !== 'unhealthy' || given.recheck === 'edge') return;
        expect(intervalSeconds).toBeGreaterThanOrEqual(Math.min(900, 2 * given.intervalSeconds));
      }),
    );
  });
});
