import { HEALTH_STATUSES } from '@integrations/contracts';
import fc from 'fast-check';
import { timeInState, type Timeline, uptimeRatio } from './time-in-state';

const NOW = Date.UTC(2026, 0, 31);
const HOUR = 3_600_000;
const at = (hoursAgo: number): Date => new Date(NOW - hoursAgo * HOUR);
const DAY = { from: at(24), to: at(0) };
const NOTHING: Timeline = { ...DAY, transitions: [], current: null, gaps: [] };
const healthy = { status: 'healthy', since: at(1_000) } as const;

const hours = (timeline: Timeline): Record<string, number> =>
  Object.fromEntries(
    Object.entries(timeInState(timeline))
      .filter(([, ms]) => ms > 0)
      .map(([state, ms]) => [state, ms / HOUR]),
  );

describe('timeInState', () => {
  const down = { position: 1, at: at(10), from: 'healthy', to: 'unhealthy' } as const;
  const up = { position: 2, at: at(4), from: 'unhealthy', to: 'healthy' } as const;
  const turned = { ...NOTHING, transitions: [down, up], current: { status: 'healthy', since: at(4) } } as const;

  it.each<[string, Timeline, Record<string, number>]>([
    ['is unknown before the first check', NOTHING, { unknown: 24 }],
    ['counts the whole window for a status older than it', { ...NOTHING, current: healthy }, { healthy: 24 }],
    ['counts from transition to transition', turned, { healthy: 18, unhealthy: 6 }],
    [
      'is unknown before a status whose transition is not kept',
      { ...NOTHING, current: { ...healthy, since: at(5) } },
      { unknown: 19, healthy: 5 },
    ],
    [
      'counts a status change that was read before its transition',
      { ...turned, current: { status: 'degraded', since: at(1) } },
      { healthy: 17, unhealthy: 6, degraded: 1 },
    ],
    [
      'counts maintenance separately, whatever the status',
      { ...turned, gaps: [{ kind: 'maintenance', began: at(12), ended: at(6) }] },
      { healthy: 16, maintenance: 6, unhealthy: 2 },
    ],
    [
      'counts ongoing maintenance only until now',
      { ...turned, gaps: [{ kind: 'maintenance', began: at(2), ended: at(-50) }] },
      { healthy: 16, maintenance: 2, unhealthy: 6 },
    ],
    [
      'counts overlapping gaps once, and prefers maintenance to stale',
      {
        ...NOTHING,
        current: healthy,
        gaps: [
          { kind: 'stale', began: at(30), ended: at(20) },
          { kind: 'stale', began: at(22), ended: at(18) },
          { kind: 'maintenance', began: at(19), ended: at(16) },
        ],
      },
      { stale: 5, maintenance: 3, healthy: 16 },
    ],
    [
      'ignores a gap that ends before it began',
      { ...NOTHING, current: healthy, gaps: [{ kind: 'stale', began: at(2), ended: at(3) }] },
      { healthy: 24 },
    ],
    ['is empty when the window ends before it begins', { ...NOTHING, from: at(0), to: at(1) }, {}],
  ])('%s', (_what, timeline, expected) => {
    expect(hours(timeline)).toEqual(expected);
  });

  const moment = fc.integer({ min: -100, max: 40 }).map((hoursAgo) => at(hoursAgo));
  const status = fc.constantFrom(...HEALTH_STATUSES);
  const timelines: fc.Arbitrary<Timeline> = fc.record({
    from: fc.integer({ min: 0, max: 40 }).map(at),
    to: fc.constant(at(0)),
    transitions: fc
      .array(fc.record({ at: moment, from: status, to: status }), { maxLength: 20 })
      .map((turns) => turns.map((turn, position) => ({ ...turn, position }))),
    current: fc.option(fc.record({ status, since: moment })),
    gaps: fc.array(
      fc.record({ kind: fc.constantFrom('stale' as const, 'maintenance' as const), began: moment, ended: moment }),
      { maxLength: 10 },
    ),
  });
  const total = (time: object): number => Object.values(time).reduce((sum: number, ms: number) => sum + ms, 0);

  it('adds up to the window and is never negative, whatever the clocks did', () => {
    fc.assert(
      fc.property(timelines, (timeline) => {
        const time = timeInState(timeline);
        expect(Math.min(...Object.values(time))).toBeGreaterThanOrEqual(0);
        expect(total(time)).toBe(timeline.to.getTime() - timeline.from.getTime());
      }),
    );
  });

  it('does not depend on the order of transitions and gaps', () => {
    const shuffled = timelines.chain((timeline) =>
      fc.record({
        timeline: fc.constant(timeline),
        transitions: fc.shuffledSubarray([...timeline.transitions], { minLength: timeline.transitions.length }),
        gaps: fc.shuffledSubarray([...timeline.gaps], { minLength: timeline.gaps.length }),
      }),
    );
    fc.assert(
      fc.property(shuffled, ({ timeline, transitions, gaps }) => {
        expect(timeInState({ ...timeline, transitions, gaps })).toEqual(timeInState(timeline));
      }),
    );
  });

  it('of two halves of a window adds up to that of the whole window', () => {
    fc.assert(
      fc.property(timelines, fc.nat(40), (timeline, hoursAgo) => {
        const middle = new Date(Math.min(Math.max(at(hoursAgo).getTime(), timeline.from.getTime()), NOW));
        const turns = [...timeline.transitions].sort((a, b) => +a.at - +b.at || a.position - b.position);
        // As in a real read, each half has only the transitions of its own time.
        const chained = turns.map((turn, nth) => ({ ...turn, from: turns[nth - 1]?.to ?? turn.from }));
        const last = chained.at(-1);
        const current = last ? { status: last.to, since: last.at } : timeline.current;
        const whole = { ...timeline, transitions: chained, current };
        const [before, after] = [
          chained.filter((turn) => turn.at <= middle),
          chained.filter((turn) => turn.at > middle),
        ];
        const first = before.at(-1);
        const then = after[0] ? { status: after[0].from, since: first?.at ?? at(9_999) } : current;
        const halves = [
          timeInState({ ...whole, to: middle, transitions: before, current: last ? then : current }),
          timeInState({ ...whole, from: middle, transitions: after }),
        ];
        for (const [state, ms] of Object.entries(timeInState(whole))) {
          expect(total(halves.map((half) => half[state as keyof typeof half]))).toBe(ms);
        }
      }),
    );
  });

  it('never gives a status more time because of a gap', () => {
    fc.assert(
      fc.property(timelines, (timeline) => {
        const without = timeInState({ ...timeline, gaps: [] });
        const time = timeInState(timeline);
        for (const known of HEALTH_STATUSES) expect(time[known]).toBeLessThanOrEqual(without[known]);
      }),
    );
  });
});

describe('uptime', () => {
  const none = timeInState({ ...NOTHING, from: at(0) });

  it.each([
    ['is null while nothing is known', { unknown: 5, stale: 5, maintenance: 5 }, null],
    ['counts degraded as up', { healthy: 1, degraded: 2, unhealthy: 1 }, 0.75],
    [
      'ignores time in which the status is not known',
      { healthy: 3, unhealthy: 1, unknown: 96, stale: 50, maintenance: 9 },
      0.75,
    ],
    ['is 0 when the integration was down all the time', { unhealthy: 7 }, 0],
  ])('%s', (_rule, time, ratio) => {
    expect(uptimeRatio({ ...none, ...time })).toBe(ratio);
  });
});
