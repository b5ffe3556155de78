import type { Database } from '@integrations/database';
import type { DatabaseMetrics } from '@integrations/telemetry';
import { DatabaseWatch } from './database-watch';

beforeEach(() => jest.useFakeTimers());
afterEach(() => jest.useRealTimers());

it('tells at once whether PostgreSQL answers, and at each look after that until the app ends', async () => {
  const isReady = jest.fn().mockResolvedValueOnce(true).mockResolvedValueOnce(false).mockResolvedValue(true);
  const databaseSeen = jest.fn();
  const watch = new DatabaseWatch({ isReady } as unknown as Database, { databaseSeen } as unknown as DatabaseMetrics);
  watch.onApplicationBootstrap();
  await jest.advanceTimersByTimeAsync(0);
  expect(databaseSeen.mock.calls).toEqual([[true]]);
  await jest.advanceTimersByTimeAsync(30_000);
  await watch.onApplicationShutdown();
  await jest.advanceTimersByTimeAsync(30_000);
  expect(databaseSeen.mock.calls).toEqual([[true], [false], [true]]);
});
