import { Repeating } from '@integrations/bootstrap';
import { OperationMetrics } from '@integrations/telemetry';
import { type BeforeApplicationShutdown, Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { InjectPinoLogger, PinoLogger } from 'nestjs-pino';
import { HealthWorkerConfig } from '../config';
import { AutoDisable } from './auto-disable';

const EVERY_MS = 60_000;
const HOUR_MS = 3_600_000;

/** Sweeps once a minute for the life of the app, unless auto-disabling is switched off. */
@Injectable()
export class AutoDisableService implements OnApplicationBootstrap, BeforeApplicationShutdown {
  /** Null if auto-disabling is switched off. */
  readonly #sweeps: Repeating | null;

  constructor(
    config: HealthWorkerConfig,
    private readonly autoDisable: AutoDisable,
    private readonly metrics: OperationMetrics,
    @InjectPinoLogger(AutoDisableService.name) private readonly log: PinoLogger,
  ) {
    const afterMs = config.autoDisableAfterHours * HOUR_MS;
    this.#sweeps = afterMs > 0 ? new Repeating(EVERY_MS, () => this.#sweep(afterMs)) : null;
  }

  onApplicationBootstrap(): void {
    void this.#sweeps?.start();
  }

  async beforeApplicationShutdown(): Promise<void> {
    await this.#sweeps?.stop();
  }

  async #sweep(afterMs: number): Promise<void> {
    try {
      for (const { integration, code, failingSince } of await this.autoDisable.sweep(afterMs)) {
        const { id: integrationId, provider } = integration;
        this.metrics.autoDisabled(provider);
        this.log.warn({ integrationId, provider, code, failingSince }, 'integration disabled: its credential fails');
      }
    } catch (error) {
      this.log.warn({ err: error }, 'failing credentials could not be checked');
    }
  }
}
