import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';

/** A TCP proxy in front of a server. While shut, its connections break and new ones are refused. */
export class Door {
  readonly #open = new Set<Socket>();
  #server: Server | null = null;
  #port = 0;
  #resetAt: string | null = null;

  constructor(private readonly to: URL) {}

  /** Returns the address, which stays the same. */
  async open(): Promise<string> {
    this.#server = createServer((client) => this.#let(client));
    this.#server.listen(this.#port, '127.0.0.1');
    await once(this.#server, 'listening');
    this.#port = (this.#server.address() as AddressInfo).port;
    return Object.assign(new URL(this.to), { host: `127.0.0.1:${this.#port}` }).toString();
  }

  /** Resets the connection of the next client that sends these words, before it can get an answer. */
  resetAt(words: string): void {
    this.#resetAt = words;
  }

  /** Connections stay open, but nothing passes through them any more. */
  freeze(): void {
    for (const socket of this.#open) socket.unpipe();
  }

  async shut(): Promise<void> {
    const closed = new Promise((resolve) => this.#server?.close(resolve));
    for (const socket of this.#open) socket.destroy();
    await closed;
  }

  #let(client: Socket): void {
    const server = connect(Number(this.to.port), this.to.hostname);
    for (const socket of [client, server]) {
      socket.on('error', () => undefined).on('close', () => client.destroy());
      this.#open.add(socket);
    }
    client.on('close', () => server.destroy());
    client.on('data', (said) => this.#listen(client, said));
    client.pipe(server).pipe(client);
  }

  #listen(client: Socket, said: Buffer): void {
    if (this.#resetAt === null || !said.includes(this.#resetAt)) return;
    this.#resetAt = null;
    client.resetAndDestroy();
  }
}
