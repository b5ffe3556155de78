import { LedgerRetention } from '@integrations/database';
import { type BeforeApplicationShutdown, Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { InjectPinoLogger, PinoLogger } from 'nestjs-pino';
import { DispatcherConfig } from './config';

const EVERY_MS = 3_600_000;

/** Keeps the ledger to its size, in every dispatcher: who comes second finds nothing to do. */
@Injectable()
export class LedgerKeeper implements OnApplicationBootstrap, BeforeApplicationShutdown {
  readonly #stopping = new AbortController();
  #timer: NodeJS.Timeout | undefined;
  #running: Promise<void> | undefined;

  constructor(
    private readonly config: DispatcherConfig,
    private readonly retention: LedgerRetention,
    @InjectPinoLogger(LedgerKeeper.name) private readonly log: PinoLogger,
  ) {}

  /** Holds nothing up: the first time there may be years to remove. */
  onApplicationBootstrap(): void {
    this.#keep();
    this.#timer = setInterval(() => this.#keep(), EVERY_MS);
  }

  async beforeApplicationShutdown(): Promise<void> {
    clearInterval(this.#timer);
    this.#stopping.abort();
    await this.#running;
  }

  #keep(): void {
    this.#running ??= this.#prune().finally(() => (this.#running = undefined));
  }

  async #prune(): Promise<void> {
    const { signal } = this.#stopping;
    try {
      await this.retention.keep(new Date(), { days: this.config.ledgerRetentionDays, signal });
    } catch (error) {
      this.log.warn({ err: error }, 'the ledger could not be kept to its size');
    }
  }
}
