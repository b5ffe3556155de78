import { Bus } from '@integrations/bus';
import { Database, OutboxRelay } from '@integrations/database';
import { ProviderRegistry } from '@integrations/providers';
import { RecurringFailure } from '@integrations/telemetry';
import { type BeforeApplicationShutdown, Injectable, Logger, type OnApplicationBootstrap } from '@nestjs/common';
import { snapshotSink } from './snapshot-sink';

/** Runs in every replica of every app; PostgreSQL lets one of them work, and another take over when that one ends. */
@Injectable()
export class EventRelay implements OnApplicationBootstrap, BeforeApplicationShutdown {
  readonly #relay: OutboxRelay;

  constructor(
    database: Database,
    private readonly bus: Bus,
    providers: ProviderRegistry,
  ) {
    const interrupted = new RecurringFailure(new Logger(EventRelay.name), 'event relay interrupted');
    this.#relay = new OutboxRelay(database, {
      publishAll: (messages) => bus.publishAll(messages),
      publishChained: (messages) => bus.publishChained(messages),
      snapshots: snapshotSink(bus.stateBucket(), providers),
      onError: (error) => interrupted.failed(error),
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
