import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type Answer, HttpAnswer } from './answer.ts';
import { type FaultReply, Faults, type LoggedRequest } from './faults.ts';

export interface VendorServerOptions {
  /** Delay before each answer, in milliseconds. */
  readonly latencyMs?: number;
  /** The media type of error answers from faults. */
  readonly errorType: 'text/html' | 'text/plain';
  /** The path of an instance that shares its host, such as `/git`. */
  readonly basePath?: string;
  /** The path of the API below `basePath`, such as `/api/v1`. */
  readonly apiPath?: string;
}

/** An HTTP server on the loopback interface that logs its requests and produces the injected faults. */
export abstract class VendorServer {
  readonly faults = new Faults();
  readonly requests: LoggedRequest[] = [];
  /** Requests and answers that the vendor's description does not allow. */
  readonly violations: string[] = [];
  /** The base URL of the instance, once it listens. */
  url = '';
  readonly #options: VendorServerOptions;
  readonly #server: Server;

  constructor(options: VendorServerOptions) {
    this.#options = options;
    this.#server = createServer((request, response) => void this.#serve(request, response));
  }

  /** Listens on a free port and returns the URL. */
  async listen(): Promise<string> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve));
    const { port } = this.#server.address() as AddressInfo;
    this.url = `http://127.0.0.1:${port}${this.#options.basePath ?? ''}`;
    return this.url;
  }

  async close(): Promise<void> {
    const closed = new Promise((resolve) => this.#server.close(resolve));
    this.#server.closeAllConnections();
    await closed;
  }

  /** The path relative to the API; null if the URL is outside the API. */
  protected pathOf({ pathname }: URL): string | null {
    const { basePath = '', apiPath = '' } = this.#options;
    const base = `${basePath}${apiPath}`;
    return pathname.startsWith(`${base}/`) ? pathname.slice(base.length) : null;
  }

  /** May throw HttpAnswer. `raw` is the unparsed body. */
  protected abstract answer(request: LoggedRequest, url: URL, raw: string): Answer;

  /** Headers of every answer without a fault. */
  protected standardHeaders(): Record<string, string> {
    return {};
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? '/', 'http://localhost');
    const raw = await bodyOf(request);
    const path = this.pathOf(url);
    if (path === null) return send(response, { status: 404, body: '<html>Not here</html>' });
    const logged: LoggedRequest = {
      method: request.method ?? 'GET',
      path,
      query: Object.fromEntries(url.searchParams),
      headers: request.headers,
      body: parsed(raw),
      status: 0,
    };
    this.requests.push(logged);
    const { latencyMs = 0, errorType } = this.#options;
    if (latencyMs > 0) await new Promise((resolve) => setTimeout(resolve, latencyMs));

    const fault = this.faults.take(logged);
    const answer = fault && !fault.processed ? { status: 200 } : this.#answer(logged, url, raw);
    if (fault) return misbehave(fault.reply, { answer, logged, response, errorType });
    logged.status = answer.status;
    send(response, { ...answer, headers: { ...this.standardHeaders(), ...answer.headers } });
  }

  #answer(logged: LoggedRequest, url: URL, raw: string): Answer {
    try {
      return this.answer(logged, url, raw);
    } catch (error) {
      if (error instanceof HttpAnswer) return error;
      // A bug in the fake: thrown outside, so that the running suite fails with its stack.
      logged.status = 0;
      setImmediate(() => {
        throw error;
      });
      return { status: 500, body: 'the fake failed' };
    }
  }
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString();
}

function parsed(raw: string): unknown {
  try {
    return raw === '' ? undefined : JSON.parse(raw);
  } catch {
    return undefined;
  }
}

function send(response: ServerResponse, answer: Answer): void {
  const text = typeof answer.body === 'string' ? answer.body : JSON.stringify(answer.body ?? {});
  const type = typeof answer.body === 'string' ? 'text/html; charset=utf-8' : 'application/json; charset=utf-8';
  response.writeHead(answer.status, { 'content-type': type, ...answer.headers });
  response.end(answer.status === 204 ? undefined : text);
}

interface Exchange {
  readonly answer: Answer;
  readonly logged: LoggedRequest;
  readonly response: ServerResponse;
  readonly errorType: string;
}

function misbehave(reply: FaultReply, { answer, logged, response, errorType }: Exchange): void {
  if (reply === 'hang') return;
  if (reply === 'reset') return void response.destroy();
  if (reply === 'garbage') {
    logged.status = answer.status;
    response.writeHead(answer.status, { 'content-type': 'application/json' });
    return void response.end('{"id": 1, "body"');
  }
  if (reply === 'truncate') {
    const whole = JSON.stringify(answer.body ?? {});
    response.writeHead(answer.status, { 'content-type': 'application/json', 'content-length': String(whole.length) });
    return void response.write(whole.slice(0, whole.length / 2), () => response.destroy());
  }
  logged.status = reply.status;
  response.writeHead(reply.status, { 'content-type': errorType, ...reply.headers });
  response.end(reply.body ?? '');
}
