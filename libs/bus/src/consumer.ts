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
  /** Makes the streams that are gone. */
  readonly ensureStreams: () => Promise<void>;
}

/** How long one request for messages waits at the server; short, so that a lost one is soon repeated. */
const FETCH_MS = 5_000;
const RECOVERY_MS = 1_000;
/** Messages that wait for a retry count too, hence the generous number. */
const MAX_ACK_PENDING = 10_000;

/**
 * Works through a durable consumer. It asks the server for as many messages as it has free hands, never for more, so
 * that instances share the work and no message grows old in a buffer.
 */
export class StreamConsumer {
  readonly #inFlight = new Set<Promise<void>>();
  readonly #stopping = new AbortController();
  #messages: ConsumerMessages | null = null;
  #handFreed: () => void = () => undefined;
  #running: Promise<void> = Promise.resolve();
  readonly #interruption: RecurringFailure;

  constructor(
    private readonly connection: Connection,
    private readonly manager: JetStreamManager,
    private readonly options: ConsumerOptions,
  ) {
    this.#interruption = new RecurringFailure(options.logger, 'stream consumer interrupted; trying again');
  }

  /** Creates or updates the durable consumer and begins; rejects if the stream or the configuration is not right. */
  async start(): Promise<void> {
    const consumer = await this.#bind();
    this.#running = this.#run(consumer);
  }

  /** Takes no more messages and waits for the handlers at work. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    this.#messages?.stop();
    this.#handFreed();
    await this.#running;
    await Promise.all(this.#inFlight);
  }

  async #run(first: Consumer): Promise<void> {
    let consumer = first;
    while (!this.#stopped()) {
      try {
        await this.#waitForHand();
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
      // What arrived while stopping is for another instance.
      if (this.#stopped()) message.nak();
      else this.#handle(message);
    }
  }

  #handle(message: JsMsg): void {
    const handling = deliver(message, this.options).finally(() => {
      this.#inFlight.delete(handling);
      this.#handFreed();
    });
    this.#inFlight.add(handling);
  }

  async #waitForHand(): Promise<void> {
    while (this.#inFlight.size >= this.options.maxInFlight && !this.#stopped()) {
      await new Promise<void>((resolve) => (this.#handFreed = resolve));
    }
  }

  /** The consumer, made anew with its stream if they are gone; the old one if even that fails for now. */
  async #recover(consumer: Consumer, error: unknown): Promise<Consumer> {
    const { stream, durable, ensureStreams } = this.options;
    this.#interruption.failed(error, { stream, durable });
    await delay(RECOVERY_MS, undefined, { signal: this.#stopping.signal }).catch(() => undefined);
    // Of the others one may not be as it should be: no reason to leave this one alone.
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
      // Counted by us, because the server would leave a message that is over the limit lying in a work queue.
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
