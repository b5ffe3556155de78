export interface LoadFigures {
  readonly perSecond: number;
  /** Milliseconds. */
  readonly p50: number;
  readonly p99: number;
}

/** Runs `count` pieces of work, `concurrency` at a time, and measures them. */
export async function inFlight(
  count: number,
  concurrency: number,
  work: (index: number) => Promise<void>,
): Promise<LoadFigures> {
  const times: number[] = [];
  let next = 0;
  const lane = async (): Promise<void> => {
    for (let index = next++; index < count; index = next++) {
      const begun = performance.now();
      await work(index);
      times.push(performance.now() - begun);
    }
  };
  const begun = performance.now();
  await Promise.all(Array.from({ length: concurrency }, lane));
  return figuresOf(times, performance.now() - begun);
}

/** Starts `perSecond` pieces of work each second, whether or not earlier ones have ended, and measures them. */
export async function atRate(
  count: number,
  perSecond: number,
  work: (index: number) => Promise<void>,
): Promise<LoadFigures> {
  const times: number[] = [];
  const begun = performance.now();
  const all: Promise<void>[] = [];
  for (let index = 0; index < count; index++) {
    const due = begun + (index * 1_000) / perSecond;
    const early = due - performance.now();
    if (early > 0) await new Promise((resolve) => setTimeout(resolve, early));
    const from = performance.now();
    all.push(work(index).then(() => void times.push(performance.now() - from)));
  }
  await Promise.all(all);
  return figuresOf(times, performance.now() - begun);
}

function figuresOf(times: number[], ms: number): LoadFigures {
  times.sort((a, b) => a - b);
  const at = (share: number): number => times[Math.min(times.length - 1, Math.floor(times.length * share))] ?? 0;
  return { perSecond: times.length / (ms / 1_000), p50: at(0.5), p99: at(0.99) };
}
