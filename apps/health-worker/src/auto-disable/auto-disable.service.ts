import {
  AuditRepository,
  CredentialFailureRepository,
  Database,
  IntegrationRepository,
  Outbox,
  ProbeScheduleRepository,
} from '@integrations/database';
import { OperationMetrics } from '@integrations/telemetry';
import { type BeforeApplicationShutdown, Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { InjectPinoLogger, PinoLogger } from 'nestjs-pino';
import { HealthWorkerConfig } from '../config';
import { AutoDisable } from './auto-disable';

const EVERY_MS = 60_000;
const HOUR_MS = 3_600_000;

/** Sweeps once a minute for the life of the app, unless it is switched off. */
@Injectable()
export class AutoDisableService implements OnApplicationBootstrap, BeforeApplicationShutdown {
  readonly #autoDisable: AutoDisable | null;
  #timer: NodeJS.Timeout | undefined;
  #sweeping: Promise<void> | null = null;

  constructor(
    config: HealthWorkerConfig,
    database: Database,
    failures: CredentialFailureRepository,
    integrations: IntegrationRepository,
    schedule: ProbeScheduleRepository,
    outbox: Outbox,
    audit: AuditRepository,
    private readonly metrics: OperationMetrics,
    @InjectPinoLogger(AutoDisableService.name) private readonly log: PinoLogger,
  ) {
    const afterMs = config.autoDisableAfterHours * HOUR_MS;
    const options = { database, failures, integrations, schedule, outbox, audit, afterMs };
    this.#autoDisable = afterMs > 0 ? new AutoDisable(options) : null;
  }

  onApplicationBootstrap(): void {
    const autoDisable = this.#autoDisable;
    if (!autoDisable) return;
    const sweep = () => {
      this.#sweeping ??= this.#sweep(autoDisable).finally(() => (this.#sweeping = null));
    };
    sweep();
    this.#timer = setInterval(sweep, EVERY_MS);
  }

  async beforeApplicationShutdown(): Promise<void> {
    clearInterval(this.#timer);
    await this.#sweeping;
  }

  async #sweep(autoDisable: AutoDisable): Promise<void> {
    try {
      for (const { integration, code, failingSince } of await autoDisable.sweep()) {
        const { id: integrationId, provider } = integration;
        this.metrics.autoDisabled(provider);
        this.log.warn({ integrationId, provider, code, failingSince }, 'integration disabled: its credential fails');
      }
    } catch (error) {
      this.log.warn({ err: error }, 'failing credentials could not be looked through');
    }
  }
}
