import {
  EVENT_STREAM,
  type EventBody,
  type EventName,
  type IntegrationSnapshot,
  STATE_BUCKET,
} from '@integrations/contracts';
import { AckPolicy, jetstreamManager, type JsMsg } from '@nats-io/jetstream';
import { Kvm } from '@nats-io/kv';
import { connect, nanos, type NatsConnection } from '@nats-io/transport-node';

/** An event that was new to the consumer. */
export interface Taken {
  readonly eventId: string;
  readonly event: EventName;
  readonly generation: number;
  readonly sequence: number;
}

const DURABLE = 'nothing-lost';

/** Remembers the last sequence of each source, like docs/examples/scheduler-consumer.mjs, and the events that were new. */
export class Consumer {
  readonly taken = new Map<string, Taken[]>();
  /** Violations of the stream's guarantees. */
  readonly complaints: string[] = [];
  count = 0;
  /** How often an event arrived that had been taken before. */
  repeated = 0;

  private constructor(private readonly connection: NatsConnection) {}

  static async start(url: string): Promise<Consumer> {
    const connection = await connect({ servers: url, maxReconnectAttempts: -1, reconnectTimeWait: 50 });
    const manager = await jetstreamManager(connection);
    await manager.consumers.add(EVENT_STREAM.name, {
      ...{ durable_name: DURABLE, filter_subject: 'integrations.v1.evt.>', ack_policy: AckPolicy.Explicit },
      ...{ max_ack_pending: 256, ack_wait: nanos(2_000) },
    });
    const consumer = new Consumer(connection);
    const source = await manager.jetstream().consumers.get(EVENT_STREAM.name, DURABLE);
    const messages = await source.consume();
    void (async () => {
      for await (const message of messages) consumer.#receive(message);
    })();
    return consumer;
  }

  /** True once it has acknowledged everything in the stream. */
  async isDone(): Promise<boolean> {
    const manager = await jetstreamManager(this.connection);
    const { num_pending, num_ack_pending } = await manager.consumers.info(EVENT_STREAM.name, DURABLE);
    return num_pending + num_ack_pending === 0;
  }

  /** The last snapshot of each integration. */
  async snapshots(): Promise<IntegrationSnapshot[]> {
    const found: IntegrationSnapshot[] = [];
    for await (const entry of await (await new Kvm(this.connection).open(STATE_BUCKET)).history()) {
      if (entry.operation === 'PUT') found.push(entry.json<IntegrationSnapshot>());
    }
    return found;
  }

  async stop(): Promise<void> {
    await this.connection.close();
  }

  #receive(message: JsMsg): void {
    const { sequence, generation } = message.json<EventBody>();
    const source = message.headers?.get('ce-source') ?? '';
    const eventId = message.headers?.get('ce-id') ?? '';
    const seen = this.taken.get(source) ?? [];
    this.taken.set(source, seen);
    // One that is not met ends a replicated stream on nats-server 2.15.
    if (message.headers?.has('Nats-Expected-Last-Msg-Id')) this.complaints.push(`${source} ${sequence} is chained`);

    if (sequence > seen.length + 1) {
      message.nak(200);
      return;
    }
    if (sequence <= seen.length) {
      this.repeated += 1;
      const first = seen[sequence - 1]?.eventId;
      if (first !== eventId) this.complaints.push(`${source} ${sequence} is ${first} as well as ${eventId}`);
    } else {
      seen.push({ eventId, event: message.subject.split('.').at(-1) as EventName, generation, sequence });
      this.count += 1;
    }
    message.ack();
  }
}
