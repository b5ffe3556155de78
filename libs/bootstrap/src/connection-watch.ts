import { Bus } from '@integrations/bus';
import { Database } from '@integrations/database';
import { ConnectionMetrics } from '@integrations/telemetry';
import { Injectable, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { Repeating } from './repeating';

const EVERY_MS = 15_000;

/** Updates the metrics of the app's connections to PostgreSQL and NATS, and of its dead letters. */
@Injectable()
export class ConnectionWatch implements OnApplicationBootstrap, OnApplicationShutdown {
  readonly #polling: Repeating;

  constructor(database: Database, bus: Bus, metrics: ConnectionMetrics) {
    this.#polling = new Repeating(EVERY_MS, async () => {
      metrics.natsSeen(bus.isReady());
      metrics.databaseSeen(await database.isReady());
    });
    bus.onDeadLetter((code) => metrics.deadLetterStored(code));
  }

  onApplicationBootstrap(): void {
    void this.#polling.start();
  }

  async onApplicationShutdown(): Promise<void> {
    await this.#polling.stop();
  }
}
