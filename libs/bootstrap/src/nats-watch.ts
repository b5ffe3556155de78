import { Bus } from '@integrations/bus';
import { NatsMetrics } from '@integrations/telemetry';
import { Injectable, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { Repeating } from './repeating';

const EVERY_MS = 15_000;

/** Keeps the metrics of the app's connection to NATS and of its dead letters. */
@Injectable()
export class NatsWatch implements OnApplicationBootstrap, OnApplicationShutdown {
  readonly #looks: Repeating;

  constructor(bus: Bus, metrics: NatsMetrics) {
    this.#looks = new Repeating(EVERY_MS, async () => metrics.natsSeen(bus.isReady()));
    bus.onDeadLetter((code) => metrics.deadLetterStored(code));
  }

  onApplicationBootstrap(): void {
    void this.#looks.start();
  }

  async onApplicationShutdown(): Promise<void> {
    await this.#looks.stop();
  }
}
