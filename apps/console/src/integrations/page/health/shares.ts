import type { SecondsInState } from '@integrations/contracts';

export type TimedState = keyof SecondsInState;

/** A segment of the bar. Its position and width are in units of a bar of WIDTH. */
export interface Share {
  readonly state: TimedState;
  readonly seconds: number;
  /** Share of the total time, from 0 to 1. */
  readonly part: number;
  readonly x: number;
  readonly width: number;
}

export const WIDTH = 1_000;

/** States that count as up first, then down, then those that do not count. */
const ORDER: readonly TimedState[] = ['healthy', 'degraded', 'unhealthy', 'maintenance', 'stale', 'unknown'];

/** The segments of all states, side by side, including states that took no time. */
export function sharesOf(seconds: SecondsInState): Share[] {
  const total = ORDER.reduce((sum, state) => sum + seconds[state], 0);
  let x = 0;
  return ORDER.map((state) => {
    const part = total === 0 ? 0 : seconds[state] / total;
    const share = { state, seconds: seconds[state], part, x, width: part * WIDTH };
    x += share.width;
    return share;
  });
}

/** Rounds down, so that 100 % is shown only for an integration that was up all the time. */
export function percent(part: number): string {
  return `${(Math.floor(part * 100_000) / 1_000).toFixed(3).replace(/\.?0+$/, '')} %`;
}
