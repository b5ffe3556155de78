import type { ProbeLease } from '@integrations/database';
import { jest } from '@jest/globals';
import { LookBack } from './look-back';

const LANE = { provider: 'forge', slow: false };
const NOW = new Date('2026-07-01T12:00:00Z');

let lookBack: LookBack;

beforeEach(() => {
  jest.useFakeTimers();
  lookBack = new LookBack();
});

afterEach(() => {
  jest.useRealTimers();
});

/** A claim of at most two, which took what had been due for so long. */
function look({ took = [], now = NOW, passed = false }: { took?: number[]; now?: Date; passed?: boolean }): void {
  const leases = took.map((lagMs) => ({ ...LANE, lagMs }) as ProbeLease);
  lookBack.looked({ ...LANE, limit: 2, since: lookBack.of(LANE) }, now, leases, passed);
}

function ago(ms: number): Date {
  return new Date(NOW.getTime() - ms);
}

it('looks through all first, then only for what has become due since', () => {
  expect(lookBack.of(LANE)).toBeNull();
  look({ took: [90_000] });
  expect(lookBack.of(LANE)).toEqual(ago(2_000));
  expect(lookBack.of({ ...LANE, slow: true })).toBeNull();
});

it('goes on from what it took last, while there may be more', () => {
  look({ took: [90_000, 80_000] });
  expect(lookBack.of(LANE)).toEqual(ago(80_000));
  look({ took: [80_000, 500] });
  expect(lookBack.of(LANE)).toEqual(ago(2_000));
});

it('stays where it is while hosts are passed over, for what is due of them', () => {
  look({ passed: true });
  expect(lookBack.of(LANE)).toBeNull();
  look({});
  look({ took: [1, 1], now: new Date(NOW.getTime() + 10_000), passed: true });
  expect(lookBack.of(LANE)).toEqual(ago(2_000));
});

it('looks through all again after a minute, once', () => {
  look({});
  jest.advanceTimersByTime(59_999);
  expect(lookBack.of(LANE)).toEqual(ago(2_000));
  jest.advanceTimersByTime(1);
  expect(lookBack.of(LANE)).toBeNull();
  look({ passed: true });
  expect(lookBack.of(LANE)).toEqual(ago(2_000));
});
