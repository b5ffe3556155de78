import {
  Database,
  HealthRepository,
  IntegrationRepository,
  Outbox,
  ProbeScheduleRepository,
} from '@integrations/database';
import { OperationMetrics } from '@integrations/telemetry';
import { type BeforeApplicationShutdown, Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { InjectPinoLogger, PinoLogger } from 'nestjs-pino';
import { HealthWorkerConfig } from '../config';
import { ProbeRunner } from '../probing/probe-runner';
import { Prober } from '../probing/prober';
import { Poller } from './poller';

/** Periodic probes for the life of the app. */
@Injectable()
export class PollingService implements OnApplicationBootstrap, BeforeApplicationShutdown {
  readonly #poller: Poller;

  constructor(
    config: HealthWorkerConfig,
    prober: Prober,
    database: Database,
    integrations: IntegrationRepository,
    health: HealthRepository,
    schedule: ProbeScheduleRepository,
    outbox: Outbox,
    metrics: OperationMetrics,
    @InjectPinoLogger(PollingService.name) log: PinoLogger,
  ) {
    const records = { database, health, schedule, outbox };
    const runner = new ProbeRunner({ prober, integrations, records, metrics, log, timeoutMs: config.probeTimeoutMs });
    this.#poller = new Poller({
      schedule,
      probe: (lease, signal) => runner.run(lease, signal),
      onError: (error) => log.warn({ err: error }, 'probe could not be claimed or recorded'),
      concurrency: config.probeConcurrency,
      leaseMs: config.probeLeaseMs,
      pollMs: config.probePollMs,
    });
  }

  onApplicationBootstrap(): void {
    this.#poller.start();
  }

  async beforeApplicationShutdown(): Promise<void> {
    await this.#poller.stop();
  }
}
