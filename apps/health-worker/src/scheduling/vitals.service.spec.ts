import type { DatabaseVitals, OperationRepository, ProbeScheduleRepository } from '@integrations/database';
import type { ProviderRegistry } from '@integrations/providers';
import type { SchedulingMetrics } from '@integrations/telemetry';
import type { PinoLogger } from 'nestjs-pino';
import { VitalsService } from './vitals.service';

describe('VitalsService', () => {
  beforeEach(() => jest.useFakeTimers());
  afterEach(() => jest.useRealTimers());

  it('tells no age while PostgreSQL is away, instead of the last one that was read', async () => {
    const signs = { oldestTransaction: 31, oldestEvent: 2 };
    const read = jest
      .fn()
      .mockResolvedValueOnce(signs)
      .mockRejectedValueOnce(new Error('away'))
      .mockResolvedValue(signs);
    const [databaseAged, probesWait, annotationsWait] = [jest.fn(), jest.fn(), jest.fn()];
    const longestWait = jest.fn().mockResolvedValue(7);
    const service = new VitalsService(
      { read } as unknown as DatabaseVitals,
      { longestWait } as unknown as ProbeScheduleRepository,
      { longestWait: () => Promise.resolve(400) } as OperationRepository,
      { descriptors: () => [{ provider: 'gitlab' }] } as unknown as ProviderRegistry,
      { databaseAged, probesWait, annotationsWait } as unknown as SchedulingMetrics,
      { warn: jest.fn() } as unknown as PinoLogger,
    );
    service.onApplicationBootstrap();
    await jest.advanceTimersByTimeAsync(30_000);
    await service.onApplicationShutdown();
    expect(databaseAged.mock.calls).toEqual([
      [31, 2],
      [NaN, NaN],
      [31, 2],
    ]);
    expect(probesWait.mock.calls).toEqual([[7], [NaN], [7]]);
    expect(annotationsWait.mock.calls).toEqual([[400], [NaN], [400]]);
    expect(longestWait).toHaveBeenCalledWith(['gitlab']);
  });

  it('says once a minute that it cannot read them, and how often it could not', async () => {
    const read = jest.fn().mockRejectedValue(new Error('away'));
    const warn = jest.fn();
    const service = new VitalsService(
      { read } as unknown as DatabaseVitals,
      {} as ProbeScheduleRepository,
      {} as OperationRepository,
      {} as ProviderRegistry,
      {
        databaseAged: () => undefined,
        probesWait: () => undefined,
        annotationsWait: () => undefined,
      } as unknown as SchedulingMetrics,
      { warn } as unknown as PinoLogger,
    );
    service.onApplicationBootstrap();
    await jest.advanceTimersByTimeAsync(75_000);
    await service.onApplicationShutdown();
    expect(warn.mock.calls.map(([{ failures }]) => failures)).toEqual([1, 4]);
  });
});
