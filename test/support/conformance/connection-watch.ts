import { AsyncLocalStorage } from 'node:async_hooks';
import { Socket } from 'node:net';

/**
 * Notices each connection that this process opens outside `allow`. All of Node's APIs (net, tls, http, http2, fetch) end in
 * `Socket.prototype.connect`, so one patch sees every connection.
 */
export class ConnectionWatch {
  readonly #allowed = new AsyncLocalStorage<true>();
  readonly #bypasses: string[] = [];
  #restore: (() => void) | undefined;

  start(): void {
    const original = Socket.prototype.connect;
    const notice = (options: unknown): void => {
      if (this.#allowed.getStore()) return;
      const caller = new Error().stack?.split('\n').find((line) => !/node:|connection-watch|^Error/.test(line));
      this.#bypasses.push(`${describe(options)} ${caller?.trim() ?? ''}`.trim());
    };
    Socket.prototype.connect = function watched(this: Socket, ...args: unknown[]) {
      notice(args[0]);
      return Reflect.apply(original, this, args) as Socket;
    } as typeof Socket.prototype.connect;
    this.#restore = () => {
      Socket.prototype.connect = original;
    };
  }

  stop(): void {
    this.#restore?.();
    this.#restore = undefined;
  }

  /** Ignores the connections that `work` opens, now or later. */
  allow<T>(work: () => T): T {
    return this.#allowed.run(true, work);
  }

  /** The connections noticed since the last call: the address, and the line of code if known. */
  take(): string[] {
    return this.#bypasses.splice(0);
  }
}

function describe(options: unknown): string {
  // net normalises its arguments to [options, callback].
  const target: unknown = Array.isArray(options) ? options[0] : options;
  if (typeof target !== 'object' || target === null) return `connection to ${String(target)}`;
  const { host, port, path } = target as { host?: unknown; port?: unknown; path?: unknown };
  return `connection to ${String(path ?? `${String(host ?? 'localhost')}:${String(port)}`)}`;
}
