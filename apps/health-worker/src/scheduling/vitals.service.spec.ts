import type { Bus } from '@integrations/bus';
import type { DatabaseVitals, OperationRepository, ProbeScheduleRepository } from '@integrations/database';
import type { ProviderRegistry } from '@integrations/providers';
import type { SchedulingMetrics } from '@integrations/telemetry';
import type { PinoLogger } from 'nestjs-pino';
import { VitalsService } from './vitals.service';

const SIGNS = { oldestTransaction: 31, oldestEvent: 2 };
const AWAY = new Error('away');

describe('VitalsService', () => {
  const [databaseAged, probesWait, annotationsWait, submissionsWait] = [jest.fn(), jest.fn(), jest.fn(), jest.fn()];
  const longestWait = jest.fn().mockResolvedValue(7);
  const warn = jest.fn();

  beforeEach(() => jest.useFakeTimers().clearAllMocks());
  afterEach(() => jest.useRealTimers());

  const run = async (read: jest.Mock, oldestIn: jest.Mock, forMs: number) => {
    const service = new VitalsService(
      { read } as unknown as DatabaseVitals,
      { longestWait } as unknown as ProbeScheduleRepository,
      { longestWait: () => Promise.resolve(400) } as OperationRepository,
      { descriptors: () => [{ provider: 'gitlab' }] } as unknown as ProviderRegistry,
      { oldestIn } as unknown as Bus,
      { databaseAged, probesWait, annotationsWait, submissionsWait } as unknown as SchedulingMetrics,
      { warn } as unknown as PinoLogger,
    );
    service.onApplicationBootstrap();
    await jest.advanceTimersByTimeAsync(forMs);
    await service.onApplicationShutdown();
  };
  const awayOnce = (value: unknown) =>
    jest.fn().mockResolvedValueOnce(value).mockRejectedValueOnce(AWAY).mockResolvedValue(value);
  const always = (value: unknown) => jest.fn().mockResolvedValue(value);

  it('reports no age while PostgreSQL is down, rather than the last one that was read', async () => {
    await run(awayOnce(SIGNS), always(500), 30_000);
    expect(databaseAged.mock.calls).toEqual([
      [31, 2],
      [NaN, NaN],
      [31, 2],
    ]);
    expect(probesWait.mock.calls).toEqual([[7], [NaN], [7]]);
    expect(annotationsWait.mock.calls).toEqual([[400], [NaN], [400]]);
    expect(longestWait).toHaveBeenCalledWith(['gitlab']);
    expect(submissionsWait.mock.calls).toEqual([[500], [500], [500]]);
  });

  it('reports no age of submitted requests while NATS is down, and all other ages still', async () => {
    await run(always(SIGNS), awayOnce(500), 30_000);
    expect(submissionsWait.mock.calls).toEqual([[500], [NaN], [500]]);
    expect(databaseAged.mock.calls).toEqual([
      [31, 2],
      [31, 2],
      [31, 2],
    ]);
    expect(annotationsWait.mock.calls).toEqual([[400], [400], [400]]);
  });

  it.each([
    ['PostgreSQL', jest.fn().mockRejectedValue(AWAY), always(0)],
    ['NATS', always(SIGNS), jest.fn().mockRejectedValue(AWAY)],
  ])('says once a minute that it cannot read them of %s, and how often it could not', async (_, read, oldestIn) => {
    await run(read, oldestIn, 75_000);
    expect(warn.mock.calls.map(([{ failures }]) => failures)).toEqual([1, 4]);
  });
});
