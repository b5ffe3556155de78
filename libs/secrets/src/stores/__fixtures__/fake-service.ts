import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { EgressClient } from '@integrations/provider-kit';

export interface FakeRequest {
  readonly method: string;
  /** Raw, as in the request line, including the query. */
  readonly path: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: Readonly<Record<string, unknown>>;
}

export interface FakeAnswer {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** An object is sent as JSON, a text unchanged. */
  readonly body?: object | string;
  /** Takes the request and never answers it. */
  readonly hangs?: boolean;
}

export type FakeHandler = (request: FakeRequest) => FakeAnswer;

/** A service on 127.0.0.1 that records its requests, with an egress client that reaches it. */
export class FakeService implements AsyncDisposable {
  readonly requests: FakeRequest[] = [];
  /** Set to false before a request that the service will not answer: it then gets a short timeout instead of a long one. */
  isPatient = true;
  readonly egress: Pick<EgressClient, 'bind'> = {
    bind: (binding) => (this.isPatient ? this.#patient : this.#impatient).bind(binding),
  };
  readonly #patient = egressWithin(60_000);
  readonly #impatient = egressWithin(100);
  readonly #server: Server;

  private constructor(public handle: FakeHandler) {
    this.#server = createServer((request, response) => void this.#serve(request, response));
  }

  static async start(handle: FakeHandler): Promise<FakeService> {
    const service = new FakeService(handle);
    await new Promise<void>((resolve) => service.#server.listen(0, '127.0.0.1', resolve));
    return service;
  }

  get origin(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** `GET /path` of each request so far. */
  get requestLines(): string[] {
    return this.requests.map(({ method, path }) => `${method} ${path}`);
  }

  /** Stops the service: connections are refused. */
  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
    await Promise.all([this.#patient.close(), this.#impatient.close()]);
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const text = Buffer.concat(chunks).toString('utf8');
    const { method = '', url = '', headers } = request;
    const received = { method, path: url, headers, body: text === '' ? {} : JSON.parse(text) };
    this.requests.push(received);
    const { status = 200, headers: extra = {}, body = {}, hangs } = this.handle(received);
    if (hangs) return;
    response.writeHead(status, { 'content-type': 'application/json', ...extra });
    response.end(typeof body === 'string' ? body : JSON.stringify(body));
  }
}

function egressWithin(ms: number): EgressClient {
  const limits = { headersTimeoutMs: ms, totalTimeoutMs: ms };
  return new EgressClient({ policy: { allow: ['127.0.0.1'] }, userAgent: 'spec', ...limits });
}

/** A directory for token files. */
export class TokenDirectory implements Disposable {
  readonly #path = mkdtempSync(join(tmpdir(), 'tokens-'));

  path(name: string): string {
    return join(this.#path, name);
  }

  write(name: string, text: string): string {
    writeFileSync(this.path(name), text);
    return this.path(name);
  }

  remove(name: string): void {
    rmSync(this.path(name));
  }

  [Symbol.dispose](): void {
    rmSync(this.#path, { recursive: true });
  }
}
