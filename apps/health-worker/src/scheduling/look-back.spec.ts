import type { ProbeLease } from '@integrations/database';
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

/** Notes a claim of at most two leases, whose targets had been due for `took` milliseconds. */
function look({ took = [], now = NOW, passed = false }: { took?: number[]; now?: Date; passed?: boolean }): void {
  const leases = took.map((lagMs) => ({ ...LANE, lagMs }) as ProbeLease);
  lookBack.looked({ ...LANE, limit: 2, since: lookBack.of(LANE) }, now, leases, passed);
}

function ago(ms: number): Date {
  return new Date(NOW.getTime() - ms);
}

it('searches from the beginning first, then only for targets that became due since', () => {
  expect(lookBack.of(LANE)).toBeNull();
  look({ took: [90_000] });
  expect(lookBack.of(LANE)).toEqual(ago(2_000));
  expect(lookBack.of({ ...LANE, slow: true })).toBeNull();
});

it('goes on from the last lease taken while more may be due', () => {
  look({ took: [90_000, 80_000] });
  expect(lookBack.of(LANE)).toEqual(ago(80_000));
  look({ took: [80_000, 500] });
  expect(lookBack.of(LANE)).toEqual(ago(2_000));
});

it('stays where it is while hosts are passed over, because their targets are still due', () => {
  look({ passed: true });
  expect(lookBack.of(LANE)).toBeNull();
  look({});
  look({ took: [1, 1], now: new Date(NOW.getTime() + 10_000), passed: true });
  expect(lookBack.of(LANE)).toEqual(ago(2_000));
});

it('searches from the beginning again after a minute, once', () => {
  look({});
  jest.advanceTimersByTime(59_999);
  expect(lookBack.of(LANE)).toEqual(ago(2_000));
  jest.advanceTimersByTime(1);
  expect(lookBack.of(LANE)).toBeNull();
  look({ passed: true });
  expect(lookBack.of(LANE)).toEqual(ago(2_000));
});
