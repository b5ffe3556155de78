import { EventEmitter, once } from 'node:events';
import {
  type ClientRequest,
  createServer,
  type IncomingMessage,
  request as httpRequest,
  type Server,
  type ServerResponse,
} from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import type { ConnectionWatch } from './connection-watch';
import { type Fault, RETRY_AFTER_SECONDS } from './faults';

/** What the proxy does with requests, from request number `from` on (counted from 1). */
export type Disturbance =
  | { readonly kind: 'fault'; readonly fault: Fault; readonly from: number }
  /** The vendor carries out the request, but its answer is lost. */
  | { readonly kind: 'lost reply'; readonly at: number };

export interface SeenRequest {
  readonly method: string;
  readonly path: string;
  /** The request body as passed on. */
  body: string;
  /** True once the request is answered or its connection is gone. */
  closed: boolean;
}

/** A proxy between a plugin and its fake vendor that injects the configured disturbance. */
export class FaultyProxy {
  readonly #server: Server;
  readonly #target: URL;
  readonly #watch: ConnectionWatch;
  #disturbance: Disturbance | undefined;
  readonly #arrivals = new EventEmitter();
  #seen: SeenRequest[] = [];

  private constructor(target: URL, watch: ConnectionWatch) {
    this.#target = target;
    this.#watch = watch;
    this.#server = createServer((request, response) => void this.#serve(request, response));
  }

  static async start(targetUrl: string, watch: ConnectionWatch): Promise<FaultyProxy> {
    const proxy = new FaultyProxy(new URL(targetUrl), watch);
    proxy.#server.listen(0, '127.0.0.1');
    await once(proxy.#server, 'listening');
    return proxy;
  }

  /** The vendor's address through this proxy, without a trailing slash. */
  get url(): string {
    return `http://127.0.0.1:${this.port}${this.#target.pathname.replace(/\/$/, '')}`;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  /** The requests since the last `reset`. */
  get seen(): readonly SeenRequest[] {
    return this.#seen;
  }

  /** Resolves once `count` requests have arrived. */
  async whenSeen(count: number): Promise<void> {
    while (this.#seen.length < count) await once(this.#arrivals, 'request');
  }

  /** Forgets the seen requests, counts from 1 again, and sets the disturbance, or none. */
  reset(disturbance?: Disturbance): void {
    this.#seen = [];
    this.#disturbance = disturbance;
  }

  async stop(): Promise<void> {
    this.#server.close();
    this.#server.closeAllConnections();
    await once(this.#server, 'close');
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const seen: SeenRequest = { method: request.method ?? '', path: request.url ?? '', body: '', closed: false };
    this.#seen.push(seen);
    this.#arrivals.emit('request');
    response.once('close', () => (seen.closed = true));
    const number = this.#seen.length;
    const disturbance = this.#disturbance;
    if (disturbance?.kind === 'fault' && number >= disturbance.from) {
      disturb(disturbance.fault, request, response);
      return;
    }
    await this.#forward(request, response, seen, disturbance?.kind === 'lost reply' && number === disturbance.at);
  }

  async #forward(
    request: IncomingMessage,
    response: ServerResponse,
    seen: SeenRequest,
    loseReply: boolean,
  ): Promise<void> {
    const body = await buffer(request);
    seen.body = body.toString();
    const { hostname, port } = this.#target;
    const options = {
      hostname,
      port,
      method: request.method,
      path: request.url,
      headers: request.headers,
      agent: false,
    };
    const upstream = this.#watch.allow(() => httpRequest(options));
    upstream.on('error', () => response.destroy());
    upstream.end(body);
    const answer = await answerOf(upstream);
    if (!answer) return;
    const answered = await buffer(answer);
    if (loseReply) {
      request.socket.resetAndDestroy();
      return;
    }
    response.writeHead(answer.statusCode ?? 502, withoutFraming(answer.headers));
    response.end(answered);
  }
}

/** Undefined if the fake fails instead of answering; the fake reports that itself. */
async function answerOf(upstream: ClientRequest): Promise<IncomingMessage | undefined> {
  const [answer] = (await once(upstream, 'response').catch(() => [])) as [IncomingMessage?];
  return answer;
}

function disturb(fault: Fault, request: IncomingMessage, response: ServerResponse): void {
  // Echoes the credential, so that a plugin that quotes vendor answers leaks it.
  const message = `refused ${request.headers.authorization ?? ''}`;
  const status = /^answers (\d{3})$/.exec(fault)?.[1];
  if (status) {
    const retryAfter = status === '429' ? { 'retry-after': String(RETRY_AFTER_SECONDS) } : {};
    response.writeHead(Number(status), message, { 'content-type': 'application/json', ...retryAfter });
    response.end(JSON.stringify({ message }));
  } else if (fault === 'resets the connection') {
    request.socket.resetAndDestroy();
  } else if (fault === 'answers with a cut-off body') {
    response.writeHead(200, { 'content-type': 'application/json' });
    response.end(JSON.stringify({ message, id: 1 }).slice(0, -4));
  } else if (fault === 'answers with a web page') {
    response.writeHead(200, { 'content-type': 'text/html' });
    response.end(`<!doctype html><title>Sign in</title><p>${message}</p>`);
  }
  // 'never answers' sends nothing; 'refuses the connection' and 'breaks TLS' are produced by the address instead.
}

function withoutFraming(headers: IncomingMessage['headers']): IncomingMessage['headers'] {
  const { connection: _connection, 'transfer-encoding': _encoding, 'keep-alive': _keepAlive, ...rest } = headers;
  return rest;
}
