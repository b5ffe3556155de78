import type { NatsConnection, Status } from '@nats-io/transport-node';
import { type BusServers, connectToNats, inboxPrefixOf } from './connect';
import { StatusThrottle } from './status-throttle';
import type { BusLogger } from './logger';
import { within } from './within';

/**
 * A connection that knows whether it is up. While it is down the client library discards what is published, so wait for
 * `whenUp()` before sending.
 */
export class Connection {
  #up = true;
  readonly #waiting = new Set<() => void>();
  readonly #onDown = new Set<() => void>();

  private constructor(
    readonly nats: NatsConnection,
    readonly inboxPrefix: string,
    private readonly logger: BusLogger,
  ) {
    void this.#watch();
  }

  /** Rejects as `connectToNats` does. */
  static async open(servers: BusServers, logger: BusLogger): Promise<Connection> {
    return new Connection(await connectToNats(servers), inboxPrefixOf(servers), logger);
  }

  isUp(): boolean {
    return this.#up && !this.isClosed();
  }

  /** True once the connection is closed for good; one that is merely down comes back. */
  isClosed(): boolean {
    return this.nats.isClosed() || this.nats.isDraining();
  }

  /** The server's limit for a message, in bytes. */
  get maxPayload(): number {
    return this.nats.info?.max_payload ?? Infinity;
  }

  /** Waits until the connection is up. False if the timeout expires, the signal aborts or the connection is closed. */
  async whenUp(timeoutMs: number, signal?: AbortSignal): Promise<boolean> {
    if (this.isUp()) return true;
    if (this.isClosed() || signal?.aborted) return false;
    const { promise, resolve } = Promise.withResolvers<void>();
    const timer = setTimeout(resolve, timeoutMs);
    this.#waiting.add(resolve);
    const aborted = () => resolve();
    signal?.addEventListener('abort', aborted, { once: true });
    await promise;
    clearTimeout(timer);
    signal?.removeEventListener('abort', aborted);
    this.#waiting.delete(resolve);
    return this.isUp();
  }

  /** Calls back when the connection is lost, or at once if it is not up. The returned function removes the listener. */
  onDown(listener: () => void): () => void {
    if (!this.isUp()) listener();
    this.#onDown.add(listener);
    return () => this.#onDown.delete(listener);
  }

  /** Flushes pending messages for at most `timeoutMs`, and closes. */
  async close(timeoutMs: number): Promise<void> {
    if (this.isUp()) await within(timeoutMs, this.nats.drain());
    await this.nats.close();
    this.#wake();
  }

  async #watch(): Promise<void> {
    const throttle = new StatusThrottle();
    for await (const status of this.nats.status()) {
      const times = throttle.count(status);
      if (times > 0) this.#log(status, times);
      if (status.type === 'disconnect') {
        this.#up = false;
        for (const listener of this.#onDown) listener();
      }
      if (status.type === 'reconnect') {
        this.#up = true;
        this.#wake();
      }
    }
  }

  #log(status: Status, failures: number): void {
    if (status.type === 'disconnect') this.logger.warn({ server: status.server }, 'NATS connection lost; reconnecting');
    if (status.type === 'reconnect') this.logger.warn({ server: status.server }, 'NATS connection is back');
    if (status.type === 'error') this.logger.error({ err: status.error, failures }, 'NATS reports an error');
  }

  #wake(): void {
    for (const resolve of this.#waiting) resolve();
  }
}
