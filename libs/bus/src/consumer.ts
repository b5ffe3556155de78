import { setTimeout as delay } from 'node:timers/promises';
import { RecurringFailure } from '@integrations/telemetry';
import {
  AckPolicy,
  type Consumer,
  type ConsumerMessages,
  DeliverPolicy,
  JetStreamApiCodes,
  JetStreamApiError,
  type JetStreamManager,
  type JsMsg,
} from '@nats-io/jetstream';
import { nanos } from '@nats-io/transport-node';
import type { Connection } from './connection';
import { deliver, type DeliveryRules } from './delivery';

export interface ConsumerOptions extends DeliveryRules {
  readonly stream: string;
  readonly filterSubject: string;
  /** How many messages this instance handles at once. */
  readonly maxInFlight: number;
  /** Creates missing streams. */
  readonly ensureStreams: () => Promise<void>;
}

/** How long a request for messages waits at the server. Short, so that a lost request is soon repeated. */
const FETCH_MS = 5_000;
const RECOVERY_MS = 1_000;
/** Generous, because messages that wait for a retry count too. */
const MAX_ACK_PENDING = 10_000;

/**
 * Handles the messages of a durable consumer. It never fetches more messages than it has free slots, so that instances
 * share the work and no message ages in a buffer.
 */
export class StreamConsumer {
  readonly #inFlight = new Set<Promise<void>>();
  readonly #stopping = new AbortController();
  #messages: ConsumerMessages | null = null;
  #slotFreed: () => void = () => undefined;
  #running: Promise<void> = Promise.resolve();
  readonly #interruption: RecurringFailure;

  constructor(
    private readonly connection: Connection,
    private readonly manager: JetStreamManager,
    private readonly options: ConsumerOptions,
  ) {
    this.#interruption = new RecurringFailure(options.logger, 'stream consumer interrupted; trying again');
  }

  /** Creates or updates the durable consumer and starts. Rejects if the stream is missing or rejects the configuration. */
  async start(): Promise<void> {
    const consumer = await this.#bind();
    this.#running = this.#run(consumer);
  }

  /** Takes no more messages and waits for running handlers. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    this.#messages?.stop();
    this.#slotFreed();
    await this.#running;
    await Promise.all(this.#inFlight);
  }

  async #run(first: Consumer): Promise<void> {
    let consumer = first;
    while (!this.#stopped()) {
      try {
        await this.#waitForSlot();
        if (await this.connection.whenUp(FETCH_MS, this.#stopping.signal)) await this.#fetch(consumer);
      } catch (error) {
        if (this.#stopped()) return;
        consumer = await this.#recover(consumer, error);
      }
    }
  }

  async #fetch(consumer: Consumer): Promise<void> {
    const free = this.options.maxInFlight - this.#inFlight.size;
    this.#messages = await consumer.fetch({ max_messages: free, expires: FETCH_MS });
    if (this.#stopped()) this.#messages.stop();
    for await (const message of this.#messages) {
      // Messages that arrive while stopping go to another instance.
      if (this.#stopped()) message.nak();
      else this.#handle(message);
    }
  }

  #handle(message: JsMsg): void {
    const handling = deliver(message, this.options).finally(() => {
      this.#inFlight.delete(handling);
      this.#slotFreed();
    });
    this.#inFlight.add(handling);
  }

  async #waitForSlot(): Promise<void> {
    while (this.#inFlight.size >= this.options.maxInFlight && !this.#stopped()) {
      await new Promise<void>((resolve) => (this.#slotFreed = resolve));
    }
  }

  /** Returns the consumer, after creating it and its stream again if they are gone. The old one if that fails for now. */
  async #recover(consumer: Consumer, error: unknown): Promise<Consumer> {
    const { stream, durable, ensureStreams } = this.options;
    this.#interruption.failed(error, { stream, durable });
    await delay(RECOVERY_MS, undefined, { signal: this.#stopping.signal }).catch(() => undefined);
    // A failure may concern another stream, which is no reason to give up on this one.
    await ensureStreams().catch(() => undefined);
    return this.#bind().catch(() => consumer);
  }

  /** The durable consumer, created or brought up to date. */
  async #bind(): Promise<Consumer> {
    const { stream, durable, filterSubject, ackWaitMs } = this.options;
    const { consumers } = this.manager;
    const config = {
      filter_subject: filterSubject,
      ack_wait: nanos(ackWaitMs),
      max_ack_pending: MAX_ACK_PENDING,
      // We count deliveries ourselves: the server would leave a message over the limit in the work queue for ever.
      max_deliver: -1,
    };
    if (await this.#exists()) {
      await consumers.update(stream, durable, config);
    } else {
      const fixed = { durable_name: durable, ack_policy: AckPolicy.Explicit, deliver_policy: DeliverPolicy.All };
      await consumers.add(stream, { ...fixed, ...config });
    }
    return this.manager.jetstream().consumers.get(stream, durable);
  }

  async #exists(): Promise<boolean> {
    try {
      await this.manager.consumers.info(this.options.stream, this.options.durable);
      return true;
    } catch (error) {
      if (error instanceof JetStreamApiError && error.code === JetStreamApiCodes.ConsumerNotFound) return false;
      throw error;
    }
  }

  #stopped(): boolean {
    return this.#stopping.signal.aborted;
  }
}
