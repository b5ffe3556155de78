import { setTimeout as delay } from 'node:timers/promises';
import { RecurringFailure } from '@integrations/telemetry';
import { type ConsumerMessages, DeliverPolicy, type JetStreamManager } from '@nats-io/jetstream';
import { type BusMessage, toBusMessage } from './bus-message';
import type { Connection } from './connection';
import type { BusLogger } from './logger';

/** Receives the messages of a stream. */
export interface Follower {
  /** The stream's messages follow, then those published later. `serverNow` is the server's clock. */
  began(serverNow: Date): void;
  /** An exception is logged, and the next message follows. */
  message(message: BusMessage): void;
  /** No messages for now; `began` follows. */
  interrupted(): void;
}

export interface FollowOptions {
  readonly stream: string;
  readonly filterSubject: string;
  readonly follower: Follower;
}

interface FollowerOptions extends FollowOptions {
  /** Creates missing streams. */
  readonly ensureStreams: () => Promise<void>;
}

const RETRY_MS = 1_000;
const WAIT_MS = 5_000;
/** Silence of the server for twice the heartbeat counts as trouble. */
const PULL = { max_messages: 500, expires: 30_000, idle_heartbeat: 5_000 };
/** Statuses that the library would recover from at an unknown time, with no messages until then. */
const INTERRUPTIONS: ReadonlySet<string> = new Set([
  'heartbeats_missed',
  'no_responders',
  'consumer_not_found',
  'consumer_deleted',
  'stream_not_found',
]);

/** Reads a stream from its beginning, without acknowledgements, and starts over after any interruption. */
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
      // Only after a failed attempt: a stream created while a server is still deleting the old one is lost as well.
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

  /** Reads until something goes wrong. */
  async #read(): Promise<void> {
    const { stream, filterSubject, follower } = this.options;
    const options = { filter_subjects: filterSubject, deliver_policy: DeliverPolicy.All };
    const consumer = await this.manager.jetstream().consumers.get(stream, options);
    const { created } = await consumer.info(true);
    const messages = await consumer.consume(PULL);
    this.#messages = messages;
    void this.#watch(messages);
    const unsubscribe = this.connection.onDown(() => messages.stop());
    try {
      follower.began(new Date(created));
      if (this.#stopping.signal.aborted) return;
      for await (const message of messages) this.#deliver(toBusMessage(message));
    } finally {
      unsubscribe();
      messages.stop();
    }
  }

  #deliver(message: BusMessage): void {
    try {
      this.options.follower.message(message);
    } catch (error) {
      this.logger.error({ err: error, subject: message.subject }, 'message of a followed stream could not be handled');
    }
  }

  async #watch(messages: ConsumerMessages): Promise<void> {
    for await (const { type } of messages.status()) {
      if (INTERRUPTIONS.has(type)) messages.stop(new Error(`NATS reports ${type}`));
    }
  }
}
