import { createServer, type RequestListener } from 'node:http';
import { createServer as createSecureServer, type ServerOptions } from 'node:https';
import { type AddressInfo, createServer as createTcpServer, type Server, type Socket } from 'node:net';

/** A server on 127.0.0.1 or a unix socket. Counts its connections and destroys all of them when it is disposed. */
export class TestServer implements AsyncDisposable {
  connections = 0;
  readonly sockets = new Set<Socket>();

  private constructor(
    readonly server: Server,
    readonly scheme: string,
  ) {
    server.on('connection', (socket: Socket) => {
      this.connections++;
      this.sockets.add(socket);
      socket.on('error', () => undefined);
      socket.once('close', () => this.sockets.delete(socket));
    });
  }

  /** Node's default would close connections that are idle for five seconds, which is too soon on a busy machine. */
  static http(listener: RequestListener): Promise<TestServer> {
    return new TestServer(createServer({ keepAliveTimeout: 600_000 }, listener), 'http').listen();
  }

  static https(options: ServerOptions, listener: RequestListener): Promise<TestServer> {
    return new TestServer(createSecureServer(options, listener), 'https').listen();
  }

  static async unix(path: string, listener: RequestListener): Promise<TestServer> {
    const served = new TestServer(createServer(listener), 'unix');
    await new Promise<void>((resolve) => served.server.listen(path, resolve));
    return served;
  }

  static tcp(onConnection: (socket: Socket) => void): Promise<TestServer> {
    const server = createTcpServer((socket) => {
      socket.resume();
      onConnection(socket);
    });
    return new TestServer(server, 'http').listen();
  }

  get port(): number {
    return (this.server.address() as AddressInfo).port;
  }

  get origin(): string {
    return `${this.scheme}://127.0.0.1:${this.port}`;
  }

  /** Resolves when no client is connected any more. */
  async deserted(): Promise<void> {
    while (this.sockets.size > 0) await new Promise((resolve) => setTimeout(resolve, 5));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const closed = new Promise((resolve) => this.server.close(resolve));
    for (const socket of this.sockets) socket.destroy();
    await closed;
  }

  async listen(): Promise<this> {
    await new Promise<void>((resolve) => this.server.listen(0, '127.0.0.1', resolve));
    return this;
  }
}
