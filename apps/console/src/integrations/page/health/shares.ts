import type { SecondsInState } from '@integrations/contracts';

export type TimedState = keyof SecondsInState;

/** A part of a bar: where it begins and how long it is, of WIDTH. */
export interface Share {
  readonly state: TimedState;
  readonly seconds: number;
  /** From 0 to 1. */
  readonly part: number;
  readonly x: number;
  readonly width: number;
}

export const WIDTH = 1_000;

/** From what is up by what is down to what does not count. */
const ORDER: readonly TimedState[] = ['healthy', 'degraded', 'unhealthy', 'maintenance', 'stale', 'unknown'];

/** The states side by side. All are there, those that took no time as well. */
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

/** Rounded down, so that what was not up all the time is never shown as 100 %. */
export function percent(part: number): string {
  return `${(Math.floor(part * 100_000) / 1_000).toFixed(3).replace(/\.?0+$/, '')} %`;
}
