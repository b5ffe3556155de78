import { jetstreamManager, type JetStreamManager } from '@nats-io/jetstream';
import { PermissionViolationError } from '@nats-io/transport-node';
import type { OperationResult } from '@integrations/contracts';
import { RecurringFailure } from '@integrations/telemetry';
import { allOf } from './all-of';
import { BusError, reasonOf } from './bus-error';
import type { BusServers } from './connect';
import { Connection } from './connection';
import { StreamConsumer } from './consumer';
import type { MessageHandler } from './delivery';
import { type FollowOptions, StreamFollower } from './follower';
import { parseJson, type ParsedJson } from './json';
import { type BusLogger, silentLogger } from './logger';
import type { DeadLetterCode } from './outcome';
import { Publisher } from './publisher';
import { type PublishMessage, type RawMessage, toRawMessage } from './raw-message';
import { request, type RequestOptions } from './request';
import { StateBucket } from './state-bucket';
import { ensureStream, newestMessage, oldestSeconds, type StreamDefinition, streamDefinitions } from './streams';
import { within } from './within';

const FLUSH_TIMEOUT_MS = 500;

export interface BusOptions extends BusServers {
  readonly logger?: BusLogger;
  /** How long, in milliseconds, `drain` waits for message handlers; 3 s if absent. */
  readonly drainTimeoutMs?: number;
}

export interface ConsumeOptions {
  readonly stream: string;
  /** Instances with the same durable share its messages. */
  readonly durable: string;
  readonly filterSubject: string;
  readonly maxInFlight: number;
  readonly handler: MessageHandler;
  /** Deliveries after which a message goes to the dead letters; 20 if absent, about an hour of failures. */
  readonly maxDeliver?: number;
  /** Milliseconds until the message of an instance that died is delivered again; 30 s if absent. */
  readonly ackWaitMs?: number;
}

export interface Consumption {
  /** Takes no more messages and resolves when the running handlers have ended. */
  stop(): Promise<void>;
}

/** The one connection of an app to NATS: requests, and JetStream publishing and consuming. Reconnects for ever. */
export class Bus {
  readonly #connection: Connection;
  readonly #manager: JetStreamManager;
  readonly #publisher: Publisher;
  readonly #logger: BusLogger;
  readonly #drainTimeoutMs: number;
  readonly #consumptions = new Set<Consumption>();
  readonly #onDeadLetter = new Set<(code: DeadLetterCode) => void>();

  private constructor(connection: Connection, manager: JetStreamManager, options: BusOptions) {
    this.#connection = connection;
    this.#manager = manager;
    this.#publisher = new Publisher(connection);
    this.#logger = options.logger ?? silentLogger;
    this.#drainTimeoutMs = options.drainTimeoutMs ?? 3_000;
  }

  /** Rejects with a BusError if no server answers, or if JetStream is not available to this user. */
  static async connect(options: BusOptions): Promise<Bus> {
    const connection = await Connection.open(options, options.logger ?? silentLogger);
    try {
      return new Bus(connection, await jetstreamManager(connection.nats), options);
    } catch (error) {
      await connection.nats.close();
      // The reason tells server, cluster without a leader, account and permissions apart.
      const message = `JetStream of NATS at ${connection.nats.getServer()} is not available to this user: ${reasonOf(error)}`;
      throw new BusError('provider_unavailable', message, { cause: error });
    }
  }

  /**
   * Creates the streams and the bucket of the contracts, or brings the streams up to date. May run in every app at once. If
   * one fails, the others are still created.
   */
  async ensureStreams(): Promise<void> {
    const definitions = streamDefinitions(this.#connection.maxPayload);
    const streams = definitions.map((definition) => this.#ensureStream(definition));
    await allOf([...streams, this.stateBucket().ensure()]);
  }

  /**
   * Sends a request to the app that serves the subject. Always resolves with a result: `provider_unavailable` if no app
   * serves it, `timeout` without a reply in time, `too_large` if the body does not fit. Rejects only with the signal's
   * reason.
   */
  request<T>(subject: string, body: object, options: RequestOptions): Promise<OperationResult<T>> {
    return request<T>(this.#connection, subject, body, options);
  }

  /**
   * Publishes the messages in order, without waiting for each acknowledgement, and resolves when all are stored. After a
   * BusError some may be stored. Publish the same list again: JetStream deduplicates the messages by id.
   */
  publishAll(messages: readonly PublishMessage[]): Promise<void> {
    return this.#publisher.publish(messages.map(toRawMessage));
  }

  /** Age in seconds of the oldest message in the stream, 0 if there is none. Rejects with a BusError. */
  oldestIn(stream: string): Promise<number> {
    return this.#ask(stream, oldestSeconds);
  }

  /** The bucket with the state of each integration. */
  stateBucket(): StateBucket {
    return new StateBucket(this.#connection, this.#manager.jetstream());
  }

  /**
   * The body of the newest message in a stream; null if the stream is empty. Rejects with a BusError, `forbidden` if this
   * user may not read it.
   */
  async newestIn(stream: string): Promise<ParsedJson | null> {
    const message = await this.#ask(stream, newestMessage);
    return message && parseJson(message.data);
  }

  /** Starts handling the messages of a durable consumer, and creates the consumer if needed. Rejects with a BusError. */
  async consume(options: ConsumeOptions): Promise<Consumption> {
    const consumer = new StreamConsumer(this.#connection, this.#manager, {
      ...options,
      maxDeliver: options.maxDeliver ?? 20,
      ackWaitMs: options.ackWaitMs ?? 30_000,
      publish: (letter) => this.#storeDeadLetter(letter),
      failure: new RecurringFailure(this.#logger, 'message handler failed'),
      letterFailure: new RecurringFailure(this.#logger, 'dead letter not stored; message kept', 'error'),
      onDeadLetter: (code) => this.#onDeadLetter.forEach((listener) => listener(code)),
      ensureStreams: () => this.ensureStreams(),
      logger: this.#logger,
    });
    await consumer.start().catch((cause: unknown) => {
      throw failureOf(options.stream, cause);
    });
    this.#consumptions.add(consumer);
    return {
      stop: async () => {
        await consumer.stop();
        this.#consumptions.delete(consumer);
      },
    };
  }

  /** Passes the messages that a stream holds, and those published later, to the follower until `drain`. */
  follow(options: FollowOptions): void {
    const follower = new StreamFollower(this.#connection, this.#manager, this.#logger, {
      ...options,
      ensureStreams: () => this.ensureStreams(),
    });
    follower.start();
    this.#consumptions.add(follower);
  }

  /** Calls back when the connection is lost, or at once if it is not up. */
  onDown(listener: () => void): void {
    this.#connection.onDown(listener);
  }

  /** Calls back for each message that a consumer has put into the dead letters. */
  onDeadLetter(listener: (code: DeadLetterCode) => void): void {
    this.#onDeadLetter.add(listener);
  }

  /** True while the connection is up. */
  isReady(): boolean {
    return this.#connection.isUp();
  }

  /** Stops consuming, waits for running handlers, flushes pending messages and closes. */
  async drain(): Promise<void> {
    const handled = Promise.all([...this.#consumptions].map((consumption) => consumption.stop()));
    // A message that is not handled in time is not acknowledged either, so another instance gets it.
    if (!(await within(this.#drainTimeoutMs, handled))) {
      this.#logger.warn({ drainTimeoutMs: this.#drainTimeoutMs }, 'message handlers still running at shutdown');
    }
    await this.#connection.close(FLUSH_TIMEOUT_MS);
  }

  async #ask<T>(stream: string, query: (manager: JetStreamManager, stream: string) => Promise<T>): Promise<T> {
    if (!this.isReady()) throw new BusError('provider_unavailable', 'no connection to NATS');
    return query(this.#manager, stream).catch((cause: unknown) => {
      throw failureOf(stream, cause);
    });
  }

  async #ensureStream(definition: StreamDefinition): Promise<void> {
    const { name: stream } = definition;
    const changed = await ensureStream(this.#manager, definition).catch((cause: unknown) => {
      throw failureOf(stream, cause);
    });
    if (changed.length > 0) this.#logger.warn({ stream, changed }, 'stream configuration corrected');
  }

  /** Nobody reads the stream of dead letters, so nobody else would notice its loss and create it again. */
  async #storeDeadLetter(letter: RawMessage): Promise<void> {
    try {
      await this.#publisher.publish([letter]);
    } catch (error) {
      await this.ensureStreams().catch(() => undefined);
      throw error;
    }
  }
}

function failureOf(stream: string, cause: unknown): BusError {
  const code = isRefusal(cause) ? 'forbidden' : 'provider_unavailable';
  return new BusError(code, `stream ${stream}: ${reasonOf(cause)}`, { cause });
}

function isRefusal(error: unknown): boolean {
  return error instanceof PermissionViolationError || (error as Error).cause instanceof PermissionViolationError;
}
