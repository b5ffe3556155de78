import type { Agent, Dispatcher } from 'undici';
import type { ProviderError } from '../provider-error';
import type { CallGuard } from './call-guard';
import type { Journey, JourneyOptions } from './carrier-agent';
import type { Carrier } from './connection';
import { decodeBody, isEncoded } from './content-encoding';
import type { ConnectionFacts, EgressResponse } from './egress';
import { callError } from './transport-errors';

export interface Call {
  readonly url: URL;
  /** The origin of `url`, kept because `URL.origin` builds a new string on each access. */
  readonly origin: string;
  /** The name of the called party in messages. */
  readonly peer: string;
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | Uint8Array | undefined;
  /** `mayLeave` and `beforeSending` as in EgressRequest. */
  readonly mayLeave: boolean;
  readonly beforeSending: (() => void) | undefined;
}

/** Never shown: the guard has the reason. Shared, because creating an error would be the costliest part of an abort. */
const BROKEN_OFF = new Error('the call was ended');

/** Joins a body's pieces at this number: a server may send single bytes, and a piece of one takes a hundred bytes. */
const MAX_PIECES = 1_024;

type RawHeaders = Parameters<NonNullable<Dispatcher.DispatchHandler['onResponseStart']>>[2];

/** One request and its whole response. Rejects with a ProviderError. */
export function exchange(
  agent: Agent,
  call: Call,
  guard: CallGuard,
  maxResponseBytes: number,
): Promise<EgressResponse> {
  const reception = new Reception(guard, call, maxResponseBytes);
  const options: JourneyOptions = {
    origin: call.origin,
    path: call.url.pathname + call.url.search,
    method: call.method as Dispatcher.HttpMethod,
    headers: call.headers,
    body: call.body ?? null,
    // By default undici opens a new connection after each HEAD, in case the server sends a body. With `reset: false`,
    // only a server that really does so loses its connection.
    ...(call.method === 'HEAD' ? { reset: false } : {}),
    journey: reception,
  };
  // Two statements on purpose: V8 allocates a function literal that is assigned to a property in the old generation,
  // and then keeps the whole call there.
  const breakOff = () => reception.breakOff();
  guard.onEnd = breakOff;
  try {
    agent.dispatch(options, reception);
  } catch (error) {
    reception.fail(error);
  }
  return reception.response;
}

/**
 * Receives undici's callbacks for one request. undici's own `request` is not used: its stream, signal and async
 * resource cost more than the rest of a call, and are useless if the whole body is wanted.
 */
class Reception implements Dispatcher.DispatchHandler, Journey {
  carrier: Carrier | undefined;
  isOver = false;
  readonly response: Promise<EgressResponse>;
  readonly #resolve: (response: EgressResponse) => void;
  readonly #reject: (error: ProviderError) => void;
  readonly #chunks: Buffer<ArrayBuffer>[] = [];
  /** Number of chunks at the end of `#chunks` that have not been joined yet. */
  #pieces = 0;
  #length = 0;
  #status = 0;
  #headers: Record<string, string> = {};
  #connection: ConnectionFacts = { fresh: false };
  #controller: Dispatcher.DispatchController | undefined;

  constructor(
    private readonly guard: CallGuard,
    private readonly call: Pick<Call, 'peer' | 'beforeSending'>,
    private readonly maxBytes: number,
  ) {
    const { promise, resolve, reject } = Promise.withResolvers<EgressResponse>();
    [this.response, this.#resolve, this.#reject] = [promise, resolve, reject];
  }

  /** Destroys the call's socket, even one that is still connecting. A call that waits for a connection is not sent. */
  breakOff(): void {
    this.isOver = true;
    if (this.#controller) this.#controller.abort(BROKEN_OFF);
    else this.carrier?.connecting?.destroy(BROKEN_OFF);
    this.fail(BROKEN_OFF);
  }

  fail(error: unknown): void {
    const { carrier } = this;
    const failure = this.guard.error(carrier) ?? callError(carrier?.alert ?? error, this.call.peer);
    if (carrier) failure.connection ??= takeFacts(carrier);
    this.#reject(failure);
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.#controller = controller;
    if (!this.isOver) this.call.beforeSending?.();
    if (this.isOver) return controller.abort(BROKEN_OFF);
    this.guard.sent();
  }

  onResponseStart(_: unknown, status: number, headers: RawHeaders): void {
    if (status < 200) return; // 100 Continue and the like: the final response is yet to come
    this.guard.answered();
    this.#status = status;
    this.#headers = flatten(headers);
    if (this.carrier) this.#connection = takeFacts(this.carrier);
  }

  onResponseData(_: unknown, chunk: Buffer<ArrayBuffer>): void {
    this.#chunks.push(chunk);
    if (++this.#pieces === MAX_PIECES) this.#join();
    this.#length += chunk.length;
    if (this.#length <= this.maxBytes) return;
    this.guard.end('too_large', `${this.call.peer} answered with more than ${this.maxBytes} bytes`);
  }

  onResponseEnd(): void {
    const raw = Buffer.concat(this.#chunks, this.#length);
    if (!isEncoded(this.#headers)) return this.#succeed(raw);
    decodeBody(raw, this.#headers, this.maxBytes, this.call.peer).then(
      (body) => this.#succeed(body),
      (error: unknown) => this.fail(error),
    );
  }

  onResponseError(_: unknown, error: Error): void {
    if (!this.isOver) this.fail(error);
  }

  #join(): void {
    this.#chunks.push(Buffer.concat(this.#chunks.splice(-this.#pieces)));
    this.#pieces = 0;
  }

  #succeed(body: Buffer): void {
    const text = () => body.toString('utf8');
    const response = { status: this.#status, headers: this.#headers, body, connection: this.#connection, text };
    // undici frees the connection one turn of the event loop later. After that, the caller's next call can reuse it.
    process.nextTick(setImmediate, this.#resolve, response);
  }
}

/** Only the first call on a connection gets its timings; every call gets its certificates. */
function takeFacts(carrier: Carrier): ConnectionFacts {
  const { facts } = carrier;
  if (!facts.fresh) return facts;
  const { tls, clientCertificate } = facts;
  carrier.facts = { fresh: false, ...(tls ? { tls } : {}), ...(clientCertificate ? { clientCertificate } : {}) };
  return facts;
}

/** Joins repeated headers in place: undici made the object for this response only. */
function flatten(headers: RawHeaders): Record<string, string> {
  for (const name of Object.keys(headers)) {
    const value = headers[name];
    if (Array.isArray(value)) headers[name] = value.join(', ');
  }
  return headers as Record<string, string>;
}
