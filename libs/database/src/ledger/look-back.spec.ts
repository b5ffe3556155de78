import { jest } from '@jest/globals';
import { LookBack } from './look-back';

const NOW = new Date('2026-07-01T12:00:00Z');
const BEGINNING = { anew: null, served: null };

let lookBack: LookBack;

beforeEach(() => {
  jest.useFakeTimers();
  lookBack = new LookBack();
});

afterEach(() => {
  jest.useRealTimers();
});

/** A claim of at most two, which took what came anew and what was served that had been ready for so long. */
function look({ anew = [], served = [] }: { anew?: number[]; served?: number[] } = {}): void {
  lookBack.since();
  const taken = [
    ...anew.map((ms) => ({ served: false, readyAt: ago(ms) })),
    ...served.map((ms) => ({ served: true, readyAt: ago(ms) })),
  ];
  lookBack.looked(NOW, taken, 2);
}

function ago(ms: number): Date {
  return new Date(NOW.getTime() - ms);
}

it('looks through all first, then only for what has become ready since', () => {
  expect(lookBack.since()).toEqual(BEGINNING);
  look({ anew: [90_000] });
  expect(lookBack.since()).toEqual({ anew: ago(2_000), served: ago(2_000) });
});

it('goes on from the last that it took of either kind, while there may be more', () => {
  look({ anew: [80_000, 90_000] });
  expect(lookBack.since()).toEqual({ anew: ago(80_000), served: null });
  look({ anew: [70_000], served: [95_000] });
  expect(lookBack.since()).toEqual({ anew: ago(70_000), served: ago(95_000) });
  look();
  expect(lookBack.since()).toEqual({ anew: ago(2_000), served: ago(2_000) });
});

it('leaves time to commits that come late as well while there may be more', () => {
  look({ anew: [100], served: [50] });
  expect(lookBack.since()).toEqual({ anew: ago(2_000), served: ago(2_000) });
});

it('looks through all again after ten seconds, once', () => {
  look();
  jest.advanceTimersByTime(9_999);
  expect(lookBack.since()).not.toEqual(BEGINNING);
  jest.advanceTimersByTime(1);
  expect(lookBack.since()).toEqual(BEGINNING);
  lookBack.looked(NOW, [], 2);
  expect(lookBack.since()).not.toEqual(BEGINNING);
});
