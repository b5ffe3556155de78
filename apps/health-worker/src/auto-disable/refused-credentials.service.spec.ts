import type { CredentialFailureRepository } from '@integrations/database';
import { CREDENTIAL_METRIC_PROVIDERS, CredentialMetrics } from '@integrations/telemetry';
import { Test } from '@nestjs/testing';
import type { PinoLogger } from 'nestjs-pino';
import { register } from 'prom-client';
import { RefusedCredentialsService } from './refused-credentials.service';

describe('RefusedCredentialsService', () => {
  beforeEach(() => jest.useFakeTimers());
  afterEach(() => jest.useRealTimers());

  it('reports how many are refused now, and none that recovered or while PostgreSQL is down', async () => {
    const refused = jest
      .fn()
      .mockResolvedValueOnce(new Map([['gitlab', 2]]))
      .mockResolvedValueOnce(new Map([['harbor', 1]]))
      .mockRejectedValueOnce(new Error('away'))
      .mockResolvedValue(new Map([['harbor', 1]]));
    const module = await Test.createTestingModule({
      providers: CREDENTIAL_METRIC_PROVIDERS,
    }).compile();
    const failures = { refused } as unknown as CredentialFailureRepository;
    const log = { warn: jest.fn() } as unknown as PinoLogger;
    const service = new RefusedCredentialsService(failures, module.get(CredentialMetrics), log);

    const told: string[][] = [];
    const look = async () => {
      await jest.advanceTimersByTimeAsync(told.length === 0 ? 0 : 60_000);
      told.push(
        [...(await register.metrics()).matchAll(/^integrations_credential_refused(.+)$/gm)].map(([, of]) => of!),
      );
    };
    service.onApplicationBootstrap();
    for (let n = 0; n < 4; n++) await look();
    await service.beforeApplicationShutdown();
    expect(told).toEqual([['{provider="gitlab"} 2'], ['{provider="harbor"} 1'], [], ['{provider="harbor"} 1']]);
    expect(log.warn).toHaveBeenCalledTimes(1);
  });
});
