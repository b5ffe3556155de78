import type { Bus } from '@integrations/bus';
import type { NatsMetrics } from '@integrations/telemetry';
import { NatsWatch } from './nats-watch';

describe('NatsWatch', () => {
  beforeEach(() => jest.useFakeTimers());
  afterEach(() => jest.useRealTimers());

  it('tells of the connection at once, and of each look after that until the app ends', async () => {
    const isReady = jest.fn().mockReturnValueOnce(true).mockReturnValueOnce(false).mockReturnValue(true);
    const natsSeen = jest.fn();
    const watch = new NatsWatch(
      { isReady, onDeadLetter: () => undefined } as unknown as Bus,
      { natsSeen } as unknown as NatsMetrics,
    );
    watch.onApplicationBootstrap();
    expect(natsSeen.mock.calls).toEqual([[true]]);
    await jest.advanceTimersByTimeAsync(30_000);
    await watch.onApplicationShutdown();
    await jest.advanceTimersByTimeAsync(30_000);
    expect(natsSeen.mock.calls).toEqual([[true], [false], [true]]);
  });

  it('counts each dead letter by its code', () => {
    const onDeadLetter = jest.fn();
    const deadLetterStored = jest.fn();
    new NatsWatch({ onDeadLetter } as unknown as Bus, { deadLetterStored } as unknown as NatsMetrics);
    onDeadLetter.mock.calls.forEach(([told]) => told('conflict'));
    expect(deadLetterStored.mock.calls).toEqual([['conflict']]);
  });
});
