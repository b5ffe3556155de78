import { Repeating } from './repeating';

describe('repeating work', () => {
  beforeEach(() => jest.useFakeTimers());
  afterEach(() => jest.useRealTimers());

  it('runs at once, then at each interval, and not after it was stopped', async () => {
    const work = jest.fn(async () => undefined);
    const repeating = new Repeating(1_000, work);
    await repeating.start();
    expect(work).toHaveBeenCalledTimes(1);
    await jest.advanceTimersByTimeAsync(2_000);
    expect(work).toHaveBeenCalledTimes(3);
    await repeating.stop();
    await jest.advanceTimersByTimeAsync(5_000);
    expect(work).toHaveBeenCalledTimes(3);
  });

  it('skips the intervals that end during a run', async () => {
    const runs: PromiseWithResolvers<void>[] = [];
    const repeating = new Repeating(1_000, () => {
      const run = Promise.withResolvers<void>();
      runs.push(run);
      return run.promise;
    });
    void repeating.start();
    await jest.advanceTimersByTimeAsync(3_500);
    expect(runs).toHaveLength(1);
    runs[0]!.resolve();
    await jest.advanceTimersByTimeAsync(1_000);
    expect(runs).toHaveLength(2);
    runs[1]!.resolve();
    await repeating.stop();
  });

  it('gets an aborted signal when it is stopped, and stopping waits for the run', async () => {
    const run = Promise.withResolvers<void>();
    const repeating = new Repeating(1_000, () => run.promise);
    const started = repeating.start();
    const stopped = jest.fn();
    const stopping = repeating.stop().then(stopped);
    expect(repeating.signal.aborted).toBe(true);
    await jest.advanceTimersByTimeAsync(1_000);
    expect(stopped).not.toHaveBeenCalled();
    run.resolve();
    await Promise.all([started, stopping]);
  });

  it('can be stopped before it was started', async () => {
    await expect(new Repeating(1_000, async () => undefined).stop()).resolves.toBeUndefined();
  });
});
