import { setTimeout as delay } from 'node:timers/promises';
import { RecurringFailure } from '@integrations/telemetry';
import { type ConsumerMessages, DeliverPolicy, type JetStreamManager } from '@nats-io/jetstream';
import { type BusMessage, toBusMessage } from './bus-message';
import type { Connection } from './connection';
import type { BusLogger } from './logger';

/** Who reads along in a stream. */
export interface Follower {
  /** What the stream holds comes now, then what is published. `serverNow` is the server's clock. */
  began(serverNow: Date): void;
  /** What it throws is logged, and the next message comes. */
  message(message: BusMessage): void;
  /** Nothing comes for now; then it begins anew. */
  interrupted(): void;
}

export interface FollowOptions {
  readonly stream: string;
  readonly filterSubject: string;
  readonly follower: Follower;
}

interface FollowerOptions extends FollowOptions {
  /** Makes the streams that are gone. */
  readonly ensureStreams: () => Promise<void>;
}

const RETRY_MS = 1_000;
const WAIT_MS = 5_000;
/** Trouble is noticed when nothing was heard of the server for twice the heartbeat. */
const PULL = { max_messages: 500, expires: 30_000, idle_heartbeat: 5_000 };
/** What the library would mend by itself, who knows when: meanwhile nothing comes. */
const TROUBLES: ReadonlySet<string> = new Set([
  'heartbeats_missed',
  'no_responders',
  'consumer_not_found',
  'consumer_deleted',
  'stream_not_found',
]);

/** Reads a stream from its beginning and on, without acknowledgements, and from the beginning again after any interruption. */
export class StreamFollower {
  readonly #stopping = new AbortController();
  #messages: ConsumerMessages | undefined;
  #running: Promise<void> | undefined;
  readonly #failure: RecurringFailure;
  #failed = false;

  constructor(
    private readonly connection: Connection,
    private readonly manager: JetStreamManager,
    private readonly logger: BusLogger,
    private readonly options: FollowerOptions,
  ) {
    this.#failure = new RecurringFailure(logger, 'stream cannot be followed; trying again');
  }

  start(): void {
    this.#running ??= this.#run();
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    this.#messages?.stop();
    await this.#running;
  }

  async #run(): Promise<void> {
    const { signal } = this.#stopping;
    while (!signal.aborted) {
      if (await this.connection.whenUp(WAIT_MS, signal)) await this.#attempt();
      await delay(RETRY_MS, undefined, { signal }).catch(() => undefined);
    }
  }

  async #attempt(): Promise<void> {
    const { stream, follower, ensureStreams } = this.options;
    try {
      // Not at once: what is made anew while a server still deletes it is lost with the rest.
      if (this.#failed) await ensureStreams().catch(() => undefined);
      await this.#read();
      this.#failed = false;
    } catch (error) {
      if (this.#stopping.signal.aborted) return;
      this.#failed = true;
      this.#failure.failed(error, { stream });
    } finally {
      follower.interrupted();
    }
  }

  /** Until something goes wrong. */
  async #read(): Promise<void> {
    const { stream, filterSubject, follower } = this.options;
    const options = { filter_subjects: filterSubject, deliver_policy: DeliverPolicy.All };
    const consumer = await this.manager.jetstream().consumers.get(stream, options);
    const { created } = await consumer.info(true);
    const messages = await consumer.consume(PULL);
    this.#messages = messages;
    void this.#watch(messages);
    const forget = this.connection.onDown(() => messages.stop());
    try {
      follower.began(new Date(created));
      if (this.#stopping.signal.aborted) return;
      for await (const message of messages) this.#tell(toBusMessage(message));
    } finally {
      forget();
      messages.stop();
    }
  }

  #tell(message: BusMessage): void {
    try {
      this.options.follower.message(message);
    } catch (error) {
      this.logger.error({ err: error, subject: message.subject }, 'message of a stream was not followed');
    }
  }

  async #watch(messages: ConsumerMessages): Promise<void> {
    for await (const { type } of messages.status()) {
      if (TROUBLES.has(type)) messages.stop(new Error(`NATS says ${type}`));
    }
  }
}
