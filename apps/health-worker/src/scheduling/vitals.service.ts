import { DatabaseVitals } from '@integrations/database';
import { SchedulingMetrics } from '@integrations/telemetry';
import { Injectable, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { InjectPinoLogger, PinoLogger } from 'nestjs-pino';

const EVERY_MS = 15_000;

/** Keeps the metrics of what slows scheduling down: old transactions, and events that wait. */
@Injectable()
export class VitalsService implements OnApplicationBootstrap, OnApplicationShutdown {
  #timer: NodeJS.Timeout | undefined;
  #reading: Promise<void> | undefined;

  constructor(
    private readonly vitals: DatabaseVitals,
    private readonly metrics: SchedulingMetrics,
    @InjectPinoLogger(VitalsService.name) private readonly log: PinoLogger,
  ) {}

  onApplicationBootstrap(): void {
    this.#read();
    this.#timer = setInterval(() => this.#read(), EVERY_MS);
  }

  async onApplicationShutdown(): Promise<void> {
    clearInterval(this.#timer);
    await this.#reading;
  }

  #read(): void {
    this.#reading ??= this.vitals
      .read()
      .then(({ oldestTransaction, oldestEvent }) => this.metrics.databaseAged(oldestTransaction, oldestEvent))
      .catch((error: unknown) => {
        // What was read last would pass for what is now, and keep an alert going.
        this.metrics.databaseAged(NaN, NaN);
        this.log.warn({ err: error }, 'the age of transactions and events cannot be read');
      })
      .finally(() => (this.#reading = undefined));
  }
}
