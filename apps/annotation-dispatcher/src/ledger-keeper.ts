import { Repeating } from '@integrations/bootstrap';
import { LedgerRetention } from '@integrations/database';
import { type BeforeApplicationShutdown, Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { InjectPinoLogger, PinoLogger } from 'nestjs-pino';
import { DispatcherConfig } from './config';

const EVERY_MS = 3_600_000;

/** Removes what is too old from the ledger. Runs in every dispatcher; the second to run finds nothing to do. */
@Injectable()
export class LedgerKeeper implements OnApplicationBootstrap, BeforeApplicationShutdown {
  readonly #rounds = new Repeating(EVERY_MS, () => this.#keep());

  constructor(
    private readonly config: DispatcherConfig,
    private readonly retention: LedgerRetention,
    @InjectPinoLogger(LedgerKeeper.name) private readonly log: PinoLogger,
  ) {}

  /** Not awaited: the first round may have years of operations to remove. */
  onApplicationBootstrap(): void {
    void this.#rounds.start();
  }

  async beforeApplicationShutdown(): Promise<void> {
    await this.#rounds.stop();
  }

  async #keep(): Promise<void> {
    const { signal } = this.#rounds;
    try {
      await this.retention.keep(new Date(), { days: this.config.ledgerRetentionDays, signal });
    } catch (error) {
      this.log.warn({ err: error }, 'ledger retention failed');
    }
  }
}
