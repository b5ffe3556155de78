import {
  Batches,
  Database,
  HealthHistory,
  HealthRepository,
  Outbox,
  ProbeScheduleRepository,
} from '@integrations/database';
import { ProviderRegistry } from '@integrations/providers';
import { OperationMetrics, SchedulingMetrics } from '@integrations/telemetry';
import { type BeforeApplicationShutdown, Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { InjectPinoLogger, PinoLogger } from 'nestjs-pino';
import { v7 as uuidv7 } from 'uuid';
import { HealthWorkerConfig } from '../config';
import { MassFailureGuard } from '../judging/mass-failure-guard';
import { OwnClock } from '../judging/own-clock';
import { ProbeRunner } from '../probing/probe-runner';
import { Prober } from '../probing/prober';
import { type FinishedProbe, ProbeRecorder, type RecordedProbe } from '../probing/record';
import { Poller } from './poller';

/** Results wait for others to be written with: a transaction costs more than a result. One at a time, for the guard. */
const WRITING = { most: 500, atOnce: 1, lingerMs: 50 };
/** So many batches may wait: probes go on while one is written, and what waits is written long before its lease runs out. */
const UNWRITTEN_BATCHES = 4;

/** Periodic probes for the life of the app. */
@Injectable()
export class PollingService implements OnApplicationBootstrap, BeforeApplicationShutdown {
  readonly #poller: Poller;

  constructor(
    config: HealthWorkerConfig,
    prober: Prober,
    registry: ProviderRegistry,
    database: Database,
    health: HealthRepository,
    history: HealthHistory,
    schedule: ProbeScheduleRepository,
    outbox: Outbox,
    metrics: OperationMetrics,
    scheduling: SchedulingMetrics,
    @InjectPinoLogger(PollingService.name) log: PinoLogger,
  ) {
    const guard = new MassFailureGuard(uuidv7());
    const clock = new OwnClock((isOff, aheadMs) => log.warn({ isOff, aheadMs }, 'the clock of this worker changed'));
    const recorder = new ProbeRecorder({ database, health, history, schedule, outbox }, guard, clock, (news) =>
      log.warn(news, 'the view of this worker changed'),
    );
    const writes = new Batches<FinishedProbe, RecordedProbe>((finished) => recorder.record(finished), WRITING);
    const { probeTimeoutMs: timeoutMs, probeLeaseMs: leaseMs, probePollMs: pollMs } = config;
    const runner = new ProbeRunner({
      ...{ prober, schedule, metrics, scheduling, log, timeoutMs, leaseMs },
      record: (finished) => writes.add(finished),
    });
    const providers = registry.descriptors().map(({ provider }) => provider);
    this.#poller = new Poller({
      ...{ schedule, providers, leaseMs, pollMs },
      probe: (lease, end) => {
        scheduling.probeStarted(lease.provider, lease.lagMs / 1_000);
        return runner.probe(lease, end);
      },
      record: (finished, signal) => runner.record(finished, signal),
      onInFlight: (provider, probes) => scheduling.probesInFlight(provider, probes),
      onError: (error) => log.warn({ err: error }, 'probe could not be claimed or recorded'),
      limits: {
        ofProvider: config.probeConcurrency,
        ofHost: config.probeHostConcurrency,
        ofResults: UNWRITTEN_BATCHES * WRITING.most,
      },
    });
  }

  onApplicationBootstrap(): void {
    this.#poller.start();
  }

  async beforeApplicationShutdown(): Promise<void> {
    await this.#poller.stop();
  }
}
