/** How long targets of a provider waited for their probes to start, from a worker's metrics. */
export interface Lag {
  readonly count: number;
  readonly sum: number;
  /** For each upper bound in seconds, how many waited no longer than that. */
  readonly buckets: ReadonlyMap<number, number>;
}

const NAME = 'integrations_probe_start_lag_seconds';

export async function lagOf(app: string, provider: string): Promise<Lag> {
  const metrics = await (await fetch(`${app}/metrics`)).text();
  const lines = metrics.split('\n').filter((line) => line.startsWith(NAME) && line.includes(`provider="${provider}"`));
  const valueOf = (suffix: string) => Number(lines.find((line) => line.startsWith(NAME + suffix))?.split(' ')[1] ?? 0);
  const buckets = lines.flatMap((line): [number, number][] => {
    const bound = /le="([^"]+)"/.exec(line)?.[1];
    return bound === undefined ? [] : [[bound === '+Inf' ? Infinity : Number(bound), Number(line.split(' ')[1])]];
  });
  return { count: valueOf('_count'), sum: valueOf('_sum'), buckets: new Map(buckets) };
}

/** Mean in seconds, and the lowest bucket bound that covers 99 %, of the probes between two readings. */
export function between(before: Lag, after: Lag): { count: number; mean: number; p99: number } {
  const count = after.count - before.count;
  const within = (bound: number) => (after.buckets.get(bound) ?? 0) - (before.buckets.get(bound) ?? 0);
  const p99 = [...after.buckets.keys()].sort((a, b) => a - b).find((bound) => within(bound) >= 0.99 * count);
  return { count, mean: (after.sum - before.sum) / count, p99: p99 ?? NaN };
}
