import { Database } from '@integrations/database';
import { DatabaseMetrics } from '@integrations/telemetry';
import { Injectable, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { Repeating } from './repeating';

const EVERY_MS = 15_000;

/** Keeps the metric of whether PostgreSQL answers the app. */
@Injectable()
export class DatabaseWatch implements OnApplicationBootstrap, OnApplicationShutdown {
  readonly #looks: Repeating;

  constructor(database: Database, metrics: DatabaseMetrics) {
    this.#looks = new Repeating(EVERY_MS, async () => metrics.databaseSeen(await database.isReady()));
  }

  onApplicationBootstrap(): void {
    void this.#looks.start();
  }

  async onApplicationShutdown(): Promise<void> {
    await this.#looks.stop();
  }
}
