import { Repeating } from '@integrations/bootstrap';
import { Bus } from '@integrations/bus';
import { ANNOTATE_STREAM } from '@integrations/contracts';
import { DatabaseVitals, OperationRepository, ProbeScheduleRepository } from '@integrations/database';
import { ProviderRegistry } from '@integrations/providers';
import { RecurringFailure, SchedulingMetrics } from '@integrations/telemetry';
import { Injectable, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { InjectPinoLogger, PinoLogger } from 'nestjs-pino';

const EVERY_MS = 15_000;

/**
 * Keeps the metrics of the oldest transaction, and of how long probes, events, annotations and annotation requests
 * wait. The last two are kept here: a dispatcher that is down, or unknowingly receives none, cannot report them.
 */
@Injectable()
export class VitalsService implements OnApplicationBootstrap, OnApplicationShutdown {
  readonly #readings = new Repeating(EVERY_MS, () => this.#read());
  readonly #unread: RecurringFailure;
  readonly #streamUnread: RecurringFailure;

  constructor(
    private readonly vitals: DatabaseVitals,
    private readonly schedule: ProbeScheduleRepository,
    private readonly operations: OperationRepository,
    private readonly registry: ProviderRegistry,
    private readonly bus: Bus,
    private readonly metrics: SchedulingMetrics,
    @InjectPinoLogger(VitalsService.name) log: PinoLogger,
  ) {
    this.#unread = new RecurringFailure(log, 'the age of transactions, probes and events cannot be read');
    this.#streamUnread = new RecurringFailure(log, 'the age of submitted requests cannot be read');
  }

  onApplicationBootstrap(): void {
    void this.#readings.start();
  }

  async onApplicationShutdown(): Promise<void> {
    await this.#readings.stop();
  }

  async #read(): Promise<void> {
    await Promise.all([this.#readDatabase(), this.#readStream()]);
  }

  async #readDatabase(): Promise<void> {
    try {
      const { oldestTransaction, oldestEvent } = await this.vitals.read();
      this.metrics.databaseAged(oldestTransaction, oldestEvent);
      const providers = this.registry.descriptors().map(({ provider }) => provider);
      this.metrics.probesWait(await this.schedule.longestWait(providers));
      this.metrics.annotationsWait(await this.operations.longestWait());
    } catch (error) {
      // The last values would pass for current ones, and keep an alert firing.
      this.metrics.databaseAged(NaN, NaN);
      this.metrics.probesWait(NaN);
      this.metrics.annotationsWait(NaN);
      this.#unread.failed(error);
    }
  }

  async #readStream(): Promise<void> {
    try {
      this.metrics.submissionsWait(await this.bus.oldestIn(ANNOTATE_STREAM.name));
    } catch (error) {
      this.metrics.submissionsWait(NaN);
      this.#streamUnread.failed(error);
    }
  }
}
