import { ProbeScheduleRepository } from '@integrations/database';
import { ProviderRegistry } from '@integrations/providers';
import { OperationMetrics, RecurringFailure, SchedulingMetrics } from '@integrations/telemetry';
import { type BeforeApplicationShutdown, Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { InjectPinoLogger, PinoLogger } from 'nestjs-pino';
import { HealthWorkerConfig } from '../config';
import { MAX_BATCH, ProbeWriter } from '../probing/probe-writer';
import { Prober } from '../probing/prober';
import { ProbeRecorder } from '../probing/record';
import { Bulkheads } from './bulkheads';
import { Poller } from './poller';

/** How many batches of results may wait: probes go on while one is written, well before the leases expire. */
const UNWRITTEN_BATCHES = 2;

/** Runs periodic probes for the life of the app. */
@Injectable()
export class PollingService implements OnApplicationBootstrap, BeforeApplicationShutdown {
  readonly #poller: Poller;
  readonly #writer: ProbeWriter;

  constructor(
    config: HealthWorkerConfig,
    prober: Prober,
    registry: ProviderRegistry,
    schedule: ProbeScheduleRepository,
    recorder: ProbeRecorder,
    metrics: OperationMetrics,
    scheduling: SchedulingMetrics,
    @InjectPinoLogger(PollingService.name) log: PinoLogger,
  ) {
    const failure = new RecurringFailure(log, 'probes could not be claimed or recorded');
    const onError = (error: unknown) => failure.failed(error);
    const providers = registry.descriptors().map(({ provider }) => provider);
    const bulkheads = new Bulkheads(providers, {
      ofProvider: config.probeConcurrency,
      ofHost: config.probeHostConcurrency,
      ofResults: UNWRITTEN_BATCHES * MAX_BATCH,
    });
    this.#writer = new ProbeWriter({ recorder, schedule, bulkheads, metrics, scheduling, log, onError });
    this.#poller = new Poller({
      ...{ schedule, providers, bulkheads, onError },
      probe: (lease, signal) => {
        scheduling.probeStarted(lease.provider, lease.lagMs / 1_000);
        return prober.check(lease, signal);
      },
      write: (finished) => this.#writer.add(finished),
      onInFlight: (provider, probes) => scheduling.probesInFlight(provider, probes),
      timeoutMs: config.probeTimeoutMs,
      leaseMs: config.probeLeaseMs,
      pollMs: config.probePollMs,
    });
  }

  onApplicationBootstrap(): void {
    this.#poller.start();
  }

  async beforeApplicationShutdown(): Promise<void> {
    await this.#poller.stop();
    await this.#writer.close();
  }
}
