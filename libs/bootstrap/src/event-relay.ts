import { Bus } from '@integrations/bus';
import { Database, OutboxRelay } from '@integrations/database';
import { ProviderRegistry } from '@integrations/providers';
import { type BeforeApplicationShutdown, Injectable, Logger, type OnApplicationBootstrap } from '@nestjs/common';
import { snapshotSink } from './snapshot-sink';

/** Runs in every replica of every app; PostgreSQL lets one of them work, and another take over when that one ends. */
@Injectable()
export class EventRelay implements OnApplicationBootstrap, BeforeApplicationShutdown {
  readonly #log = new Logger(EventRelay.name);
  readonly #relay: OutboxRelay;

  constructor(
    database: Database,
    private readonly bus: Bus,
    providers: ProviderRegistry,
  ) {
    this.#relay = new OutboxRelay(database, {
      publishAll: (messages) => bus.publishAll(messages),
      publishChained: (messages) => bus.publishChained(messages),
      snapshots: snapshotSink(bus.stateBucket(), providers),
      onError: (error) => this.#log.warn({ err: error }, 'event relay interrupted'),
    });
  }

  async onApplicationBootstrap(): Promise<void> {
    await this.bus.ensureStreams();
    this.#relay.start();
    this.bus.onDown(() => this.#relay.interrupt());
  }

  async beforeApplicationShutdown(): Promise<void> {
    await this.#relay.stop();
  }
}
