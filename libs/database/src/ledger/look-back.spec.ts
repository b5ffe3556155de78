import { LookBack } from './look-back';

const NOW = new Date('2026-07-01T12:00:00Z');
const BEGINNING = { fresh: null, served: null };

let lookBack: LookBack;

beforeEach(() => {
  jest.useFakeTimers();
  lookBack = new LookBack();
});

afterEach(() => {
  jest.useRealTimers();
});

/** One claim of at most two lanes. It took fresh and served lanes that had been ready for the given milliseconds. */
function look({ fresh = [], served = [] }: { fresh?: number[]; served?: number[] } = {}): void {
  lookBack.since();
  const taken = [
    ...fresh.map((ms) => ({ served: false, readyAt: ago(ms) })),
    ...served.map((ms) => ({ served: true, readyAt: ago(ms) })),
  ];
  lookBack.scanned(NOW, taken, 2);
}

function ago(ms: number): Date {
  return new Date(NOW.getTime() - ms);
}

it('scans all lanes first, then only those that became ready since', () => {
  expect(lookBack.since()).toEqual(BEGINNING);
  look({ fresh: [90_000] });
  expect(lookBack.since()).toEqual({ fresh: ago(2_000), served: ago(2_000) });
});

it('continues after the last lane taken of each kind while claims come back full', () => {
  look({ fresh: [80_000, 90_000] });
  expect(lookBack.since()).toEqual({ fresh: ago(80_000), served: null });
  look({ fresh: [70_000], served: [95_000] });
  expect(lookBack.since()).toEqual({ fresh: ago(70_000), served: ago(95_000) });
  look();
  expect(lookBack.since()).toEqual({ fresh: ago(2_000), served: ago(2_000) });
});

it('allows for late commits while claims come back full too', () => {
  look({ fresh: [100], served: [50] });
  expect(lookBack.since()).toEqual({ fresh: ago(2_000), served: ago(2_000) });
});

it('scans all lanes again every ten seconds', () => {
  look();
  jest.advanceTimersByTime(9_999);
  expect(lookBack.since()).not.toEqual(BEGINNING);
  jest.advanceTimersByTime(1);
  expect(lookBack.since()).toEqual(BEGINNING);
  lookBack.scanned(NOW, [], 2);
  expect(lookBack.since()).not.toEqual(BEGINNING);
});
