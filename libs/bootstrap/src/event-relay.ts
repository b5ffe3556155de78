import { Bus, BusError } from '@integrations/bus';
import { EVENT_STREAM } from '@integrations/contracts';
import { Database, type EventPosition, OutboxRelay } from '@integrations/database';
import { ProviderRegistry } from '@integrations/providers';
import { RecurringFailure } from '@integrations/telemetry';
import { type BeforeApplicationShutdown, Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { InjectPinoLogger, PinoLogger } from 'nestjs-pino';
import { positionOf } from './event-position';
import { snapshotSink } from './snapshot-sink';

const DATABASE_RESTORED =
  'PostgreSQL was set back to an earlier state; event sequences jump ahead, and consumers must read the snapshots again';
const UNREAD = 'the newest event cannot be read, so a database that was set back would go unnoticed';

/** Runs in every replica of every app. PostgreSQL lets one of them lead, and another take over when the leader ends. */
@Injectable()
export class EventRelay implements OnApplicationBootstrap, BeforeApplicationShutdown {
  readonly #relay: OutboxRelay;
  readonly #unread: RecurringFailure;

  constructor(
    database: Database,
    private readonly bus: Bus,
    providers: ProviderRegistry,
    @InjectPinoLogger(EventRelay.name) log: PinoLogger,
  ) {
    this.#unread = new RecurringFailure(log, UNREAD);
    const interrupted = new RecurringFailure(log, 'event relay interrupted');
    this.#relay = new OutboxRelay(database, {
      publishAll: (messages) => bus.publishAll(messages),
      newest: () => this.#newest(),
      onDatabaseRestored: () => log.error(DATABASE_RESTORED),
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

  async #newest(): Promise<EventPosition | null> {
    try {
      const body = await this.bus.newestIn(EVENT_STREAM.name);
      return body?.ok ? positionOf(body.value) : null;
    } catch (error) {
      // An older NATS configuration lacks this permission. Events are published all the same.
      if (!(error instanceof BusError) || error.errorCode !== 'forbidden') throw error;
      this.#unread.failed(error);
      return null;
    }
  }
}
