import { publishAcknowledged } from './acknowledgements';
import { BusError } from './bus-error';
import type { Connection } from './connection';
import type { RawMessage } from './raw-message';

const ACK_TIMEOUT_MS = 5_000;
/** Bytes reserved for the headers that the publisher adds. */
const ID_HEADER_ROOM = 512;
const MESSAGE_ID = 'Nats-Msg-Id';

/** Publishes to JetStream and waits for the acknowledgements. */
export class Publisher {
  constructor(private readonly connection: Connection) {}

  /**
   * Resolves when all are stored, or rejects with a BusError: `too_large` (nothing was sent), `timeout` or
   * `provider_unavailable`. Waits for the connection within the same five seconds. Adds its headers to the messages. All
   * messages go out in one turn of the event loop, so a broken connection loses the tail of the batch and never its middle.
   * Publishing the same batch again therefore keeps the order.
   */
  async publish(messages: readonly RawMessage[]): Promise<void> {
    if (messages.length === 0) return;
    const started = performance.now();
    if (!(await this.connection.whenUp(ACK_TIMEOUT_MS))) throw this.#connectionError();
    this.#refuseTooLarge(messages);

    for (const { id, headers } of messages) headers.set(MESSAGE_ID, id);
    const timeoutMs = Math.max(1, ACK_TIMEOUT_MS - Math.round(performance.now() - started));
    await publishAcknowledged(this.connection, messages, timeoutMs);
  }

  #refuseTooLarge(messages: readonly RawMessage[]): void {
    const limit = this.connection.maxPayload;
    for (const { subject, body, headers } of messages) {
      const size = body.length + Buffer.byteLength(String(headers)) + ID_HEADER_ROOM;
      if (size > limit) throw new BusError('too_large', `${subject}: ${size} bytes exceed the limit of ${limit}`);
    }
  }

  #connectionError(): BusError {
    if (this.connection.isClosed()) return new BusError('provider_unavailable', 'the connection to NATS is closed');
    return new BusError('timeout', `no connection to NATS within ${ACK_TIMEOUT_MS} ms`);
  }
}
