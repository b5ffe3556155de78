import { Repeating } from '@integrations/bootstrap';
import { CredentialFailureRepository } from '@integrations/database';
import { CredentialMetrics } from '@integrations/telemetry';
import { type BeforeApplicationShutdown, Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { InjectPinoLogger, PinoLogger } from 'nestjs-pino';

const EVERY_MS = 60_000;

/**
 * Keeps the metric of refused credentials. Counts of checks do not show them: a credential refused twice is not sent
 * again, and nothing is checked until it changes.
 */
@Injectable()
export class RefusedCredentialsService implements OnApplicationBootstrap, BeforeApplicationShutdown {
  readonly #readings = new Repeating(EVERY_MS, () => this.#read());

  constructor(
    private readonly failures: CredentialFailureRepository,
    private readonly metrics: CredentialMetrics,
    @InjectPinoLogger(RefusedCredentialsService.name) private readonly log: PinoLogger,
  ) {}

  onApplicationBootstrap(): void {
    void this.#readings.start();
  }

  async beforeApplicationShutdown(): Promise<void> {
    await this.#readings.stop();
  }

  async #read(): Promise<void> {
    try {
      this.metrics.credentialsRefused(await this.failures.refused());
    } catch (error) {
      // The last values would pass for current ones.
      this.metrics.credentialsRefused(new Map());
      this.log.warn({ err: error }, 'refused credentials could not be counted');
    }
  }
}
