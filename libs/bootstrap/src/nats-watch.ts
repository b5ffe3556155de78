import { Bus } from '@integrations/bus';
import { NatsMetrics } from '@integrations/telemetry';
import { Injectable, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { Repeating } from './repeating';

const EVERY_MS = 15_000;

/** Keeps the metric of the app's connection to NATS. */
@Injectable()
export class NatsWatch implements OnApplicationBootstrap, OnApplicationShutdown {
  readonly #looks: Repeating;

  constructor(bus: Bus, metrics: NatsMetrics) {
    this.#looks = new Repeating(EVERY_MS, async () => metrics.natsSeen(bus.isReady()));
  }

  onApplicationBootstrap(): void {
    void this.#looks.start();
  }

  async onApplicationShutdown(): Promise<void> {
    await this.#looks.stop();
  }
}
