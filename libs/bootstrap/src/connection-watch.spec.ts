import type { Bus } from '@integrations/bus';
import type { Database } from '@integrations/database';
import type { ConnectionMetrics } from '@integrations/telemetry';
import { ConnectionWatch } from './connection-watch';

/** A ConnectionWatch whose servers are up, then down, then up again, with mocks of the metrics that it reports to. */
function watch() {
  const isUp = () => jest.fn().mockReturnValueOnce(true).mockReturnValueOnce(false).mockReturnValue(true);
  const natsIsUp = isUp();
  const databaseIsUp = isUp();
  const onDeadLetter = jest.fn();
  const metrics = { natsSeen: jest.fn(), databaseSeen: jest.fn(), deadLetterStored: jest.fn() };
  const connectionWatch = new ConnectionWatch(
    { isReady: async () => databaseIsUp() as boolean } as unknown as Database,
    { isReady: natsIsUp, onDeadLetter } as unknown as Bus,
    metrics as unknown as ConnectionMetrics,
  );
  return { connectionWatch, onDeadLetter, ...metrics };
}

describe('ConnectionWatch', () => {
  beforeEach(() => jest.useFakeTimers());
  afterEach(() => jest.useRealTimers());

  it('reports at once whether PostgreSQL and NATS are up, then at each interval until shutdown', async () => {
    const { connectionWatch, natsSeen, databaseSeen } = watch();
    connectionWatch.onApplicationBootstrap();
    await jest.advanceTimersByTimeAsync(0);
    for (const seen of [natsSeen, databaseSeen]) expect(seen.mock.calls).toEqual([[true]]);
    await jest.advanceTimersByTimeAsync(30_000);
    await connectionWatch.onApplicationShutdown();
    await jest.advanceTimersByTimeAsync(30_000);
    for (const seen of [natsSeen, databaseSeen]) expect(seen.mock.calls).toEqual([[true], [false], [true]]);
  });

  it('counts each dead letter by its code', () => {
    const { onDeadLetter, deadLetterStored } = watch();
    onDeadLetter.mock.calls.forEach(([report]) => report('conflict'));
    expect(deadLetterStored.mock.calls).toEqual([['conflict']]);
  });
});
