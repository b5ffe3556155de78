import { JetStreamApiError, type JetStreamClient, type JetStreamPublishOptions } from '@nats-io/jetstream';
import { errors, headers as natsHeaders, type MsgHdrs } from '@nats-io/transport-node';
import { BusError } from './bus-error';
import type { Connection } from './connection';
import { encodeJson } from './json';

const ACK_TIMEOUT_MS = 5_000;
/** The headers with message ids, which the client library adds. */
const ID_HEADER_ROOM = 512;
// JSStreamMessageExceedsMaximumErr, https://github.com/nats-io/nats-server/blob/main/server/errors.json
const MESSAGE_TOO_LARGE = 10_054;

export interface PublishMessage {
  readonly subject: string;
  /** An object is written as JSON, bytes go as they are. */
  readonly body: object | Uint8Array;
  /** The same id within ten minutes is stored once. */
  readonly id: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** A message ready to be sent. */
export interface RawMessage {
  readonly subject: string;
  readonly body: Uint8Array;
  readonly id: string;
  readonly headers: MsgHdrs;
}

export function toRawMessage({ subject, body, id, headers = {} }: PublishMessage): RawMessage {
  const own = natsHeaders();
  for (const [name, value] of Object.entries(headers)) own.set(name, value);
  return { subject, id, headers: own, body: body instanceof Uint8Array ? body : encodeJson(body) };
}

/** Publishes to JetStream and waits for the acknowledgements. */
export class Publisher {
  constructor(
    private readonly connection: Connection,
    private readonly jetstream: JetStreamClient,
  ) {}

  /**
   * All or a BusError: `too_large` (then none was sent), `timeout`, `provider_unavailable`. Waits for the connection
   * within the same five seconds. Everything goes out in one turn of the event loop, so that a connection that breaks
   * takes the tail of the batch and never its middle: order is kept by sending the same batch again.
   */
  publish(messages: readonly RawMessage[]): Promise<void> {
    return this.#publish(messages, () => ({}));
  }

  /**
   * The same for messages of one stream, each stored only right behind the one before it: if one is not stored, none
   * after it is, whatever the reason. Fails also when somebody else publishes to the stream meanwhile.
   */
  publishChained(messages: readonly RawMessage[]): Promise<void> {
    return this.#publish(messages, (index) => {
      const before = messages[index - 1];
      return before ? { expect: { lastMsgID: before.id } } : {};
    });
  }

  async #publish(
    messages: readonly RawMessage[],
    expectationOf: (index: number) => Partial<JetStreamPublishOptions>,
  ): Promise<void> {
    const started = performance.now();
    if (!(await this.connection.whenUp(ACK_TIMEOUT_MS))) throw this.#notUp();
    this.#refuseTooLarge(messages);

    const timeout = Math.max(1, ACK_TIMEOUT_MS - Math.round(performance.now() - started));
    const acks = messages.map(({ subject, body, id, headers }, index) =>
      this.jetstream
        .publish(subject, body, { msgID: id, headers, timeout, ...expectationOf(index) })
        .catch((error: unknown) => {
          throw toBusError(subject, error);
        }),
    );
    const failure = (await Promise.allSettled(acks)).find((ack) => ack.status === 'rejected');
    if (failure) throw failure.reason;
  }

  #refuseTooLarge(messages: readonly RawMessage[]): void {
    const limit = this.connection.nats.info?.max_payload ?? Infinity;
    for (const { subject, body, headers } of messages) {
      const size = body.length + Buffer.byteLength(String(headers)) + ID_HEADER_ROOM;
      if (size > limit) throw new BusError('too_large', `${subject}: ${size} bytes exceed the limit of ${limit}`);
    }
  }

  #notUp(): BusError {
    const closed = this.connection.nats.isClosed() || this.connection.nats.isDraining();
    if (closed) return new BusError('provider_unavailable', 'the connection to NATS is closed');
    return new BusError('timeout', `no connection to NATS within ${ACK_TIMEOUT_MS} ms`);
  }
}

function toBusError(subject: string, error: unknown): BusError {
  const options = { cause: error };
  if (error instanceof errors.TimeoutError) {
    return new BusError('timeout', `${subject}: not acknowledged within ${ACK_TIMEOUT_MS} ms`, options);
  }
  if (error instanceof JetStreamApiError) {
    const code = error.code === MESSAGE_TOO_LARGE ? 'too_large' : 'provider_unavailable';
    return new BusError(code, `${subject}: refused by JetStream: ${error.message}`, options);
  }
  // The client library keeps this class to itself.
  if (error instanceof Error && error.name === 'JetStreamNotEnabled') {
    return new BusError('provider_unavailable', `${subject}: no stream takes this subject`, options);
  }
  const reason = error instanceof Error ? error.message : 'unknown reason';
  return new BusError('provider_unavailable', `${subject}: ${reason}`, options);
}
