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
  /** Of the URL: to ask it costs a URL a new string each time. */
  readonly origin: string;
  /** Who is called, for messages. */
  readonly peer: string;
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | Uint8Array | undefined;
  /** This and the next as in EgressRequest. */
  readonly mayLeave: boolean;
  readonly beforeSending: (() => void) | undefined;
}

/** Nobody sees it: the guard tells why. One for all, because the making of an error costs more than all else at an end. */
const BROKEN_OFF = new Error('the call was ended');

/** So many pieces of a body are put together as they come: a server may send single bytes, each of which costs a hundred. */
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
    // undici would make a new connection after each: a server might send a body. One that does loses its connection.
    ...(call.method === 'HEAD' ? { reset: false } : {}),
    journey: reception,
  };
  // Not in one: V8 makes a function literal that is assigned to a property old at once, and with it the whole call.
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
 * What undici calls back about one request. Not its `request`, whose stream, signal and async resource cost a call more
 * than the rest of it, and are of no use where the whole body is wanted.
 */
class Reception implements Dispatcher.DispatchHandler, Journey {
  carrier: Carrier | undefined;
  isOver = false;
  readonly response: Promise<EgressResponse>;
  readonly #resolve: (response: EgressResponse) => void;
  readonly #reject: (error: ProviderError) => void;
  readonly #chunks: Buffer<ArrayBuffer>[] = [];
  /** How many chunks, the last ones, are as they came. */
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

  /** Destroys the socket, also one that is only being connected; a call that waits for one is not sent any more. */
  breakOff(): void {
    this.isOver = true;
    if (this.#controller) this.#controller.abort(BROKEN_OFF);
    else this.carrier?.connecting?.destroy(BROKEN_OFF);
    this.fail(BROKEN_OFF);
  }

  fail(error: unknown): void {
    const { carrier } = this;
    const failure = this.guard.error(carrier?.stage) ?? callError(carrier?.alert ?? error, this.call.peer);
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
    if (status < 200) return; // 100 Continue and the like: the answer is yet to come
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
    // undici frees a connection one turn of the event loop after its response; a caller's next call finds it so.
    process.nextTick(setImmediate, this.#resolve, response);
  }
}

/** Timings belong to the first call on a connection; its certificates to all. */
function takeFacts(carrier: Carrier): ConnectionFacts {
  const { facts } = carrier;
  if (!facts.fresh) return facts;
  const { tls, clientCertificate } = facts;
  carrier.facts = { fresh: false, ...(tls ? { tls } : {}), ...(clientCertificate ? { clientCertificate } : {}) };
  return facts;
}

/** undici made them for this response alone. */
function flatten(headers: RawHeaders): Record<string, string> {
  for (const name of Object.keys(headers)) {
    const value = headers[name];
    if (Array.isArray(value)) headers[name] = value.join(', ');
  }
  return headers as Record<string, string>;
}
