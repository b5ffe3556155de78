import { Repeating } from '@integrations/bootstrap';
import { HealthRetention } from '@integrations/database';
import { type BeforeApplicationShutdown, Injectable, type OnModuleInit } from '@nestjs/common';
import { InjectPinoLogger, PinoLogger } from 'nestjs-pino';

const EVERY_MS = 3_600_000;

/** Makes partitions for the health history and removes old rows, in every worker: the second finds nothing to do. */
@Injectable()
export class HistoryKeeper implements OnModuleInit, BeforeApplicationShutdown {
  readonly #rounds = new Repeating(EVERY_MS, () => this.#keep());

  constructor(
    private readonly retention: HealthRetention,
    @InjectPinoLogger(HistoryKeeper.name) private readonly log: PinoLogger,
  ) {}

  /** Before the first probe is recorded, so that its day has a partition. */
  async onModuleInit(): Promise<void> {
    await this.#rounds.start();
  }

  async beforeApplicationShutdown(): Promise<void> {
    await this.#rounds.stop();
  }

  async #keep(): Promise<void> {
    try {
      await this.retention.keep(new Date(), this.#rounds.signal);
    } catch (error) {
      this.log.warn({ err: error }, 'health history retention failed');
    }
  }
}
