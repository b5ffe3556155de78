import { describeErrors, failed, type OperationResult } from '@integrations/contracts';
import { type Msg, type NatsConnection, PermissionViolationError, type Subscription } from '@nats-io/transport-node';
import { type MessageHandler, ServerNats } from '@nestjs/microservices';
import { isObservable, lastValueFrom } from 'rxjs';
import { BusError } from '../bus-error';
import { type BusServers, connectToNats } from '../connect';
import { StatusThrottle } from '../status-throttle';
import { headersOf, MALFORMED } from '../headers';
import { parseJson } from '../json';
import { within } from '../within';
import { isInbox } from './inbox';
import { OpenRequest } from './open-request';
import { toRefusal, toReply } from './reply';
import { CheckedNatsContext, readRpcHeaders } from './rpc-context';
import { ServedSubject } from './served-subject';
import { type Endpoint, ServiceDiscovery } from './service-discovery';

export interface PlainJsonNatsServerOptions extends BusServers {
  /** The semantic version that service discovery reports. */
  readonly version: string;
  /** Instances of one queue share the requests; one queue per app. */
  readonly queue: string;
  /** The tenant of requests without a tenant header. */
  readonly defaultTenant: string;
  /** How long, in milliseconds, `close` waits for handlers before it answers for them; 5 s if absent. */
  readonly drainTimeoutMs?: number;
}

/** Largest request body in bytes, for NATS servers that allow more than their default of 1 MiB. */
export const MAX_REQUEST_BYTES = 8_388_608;
const BAD_HEADERS = { field: 'headers', message: 'headers must be well-formed NATS headers' };
const INTERNAL = failed('internal', 'the request failed unexpectedly; see the logs from that time');
const FLUSH_TIMEOUT_MS = 500;
const RESUBSCRIBE_MS = 10_000;
const SHUTTING_DOWN = failed('provider_unavailable', 'the service is shutting down; send the request again');

/**
 * Nest's NATS transport for callers that do not use Nest: plain JSON in, an OperationResult out, whatever was sent. It
 * answers `$SRV.PING`, `INFO` and `STATS`. Closing it loses no request: requests that have arrived are answered, and later
 * ones go to another instance or get "no responders" from the NATS server.
 */
export class PlainJsonNatsServer extends ServerNats {
  readonly #options: PlainJsonNatsServerOptions;
  readonly #served: ServedSubject[] = [];
  readonly #discovery: Subscription[] = [];
  readonly #open = new Map<OpenRequest, Promise<void>>();
  #client: NatsConnection | null = null;
  #closed: Promise<void> | undefined;

  constructor(options: PlainJsonNatsServerOptions) {
    super({});
    this.#options = options;
  }

  override async createNatsClient(): Promise<NatsConnection> {
    this.#client = await connectToNats(this.#options);
    return this.#client;
  }

  /**
   * Reports the server as listening only when NATS has registered its subscriptions, so that an instance that leaves can
   * rely on its successor. Fails if NATS denies this user a subject: otherwise an unreachable app would look healthy.
   */
  override start(callback: (error?: unknown) => void): void {
    const client = this.#client;
    if (!client) return callback(new Error('not connected'));
    this.bindEvents(client);
    client.flush().then(() => callback(this.#refusal()), callback);
  }

  /** Logs as the bus does. Nest would log an error for a lost connection that comes back by itself. */
  override async handleStatusUpdates(client: Pick<NatsConnection, 'status'>): Promise<void> {
    const throttle = new StatusThrottle();
    for await (const status of client.status()) {
      if (status.type === 'error') this.#resubscribe(status.error);
      const failures = throttle.count(status);
      if (failures === 0) continue;
      if (status.type === 'disconnect') this.logger.warn('NATS connection of requests lost; reconnecting');
      if (status.type === 'reconnect') this.logger.warn('NATS connection of requests is back');
      if (status.type === 'error') this.logger.error({ err: status.error, failures }, 'NATS reports an error');
    }
  }

  /** Retries a denied subscription: the user's permissions may be restored, and NATS does not notify us. */
  #resubscribe(error: Error): void {
    if (!(error instanceof PermissionViolationError) || error.operation !== 'subscription') return;
    const served = this.#served.find(({ subject }) => subject === error.subject);
    if (served) setTimeout(() => served.subscribeAgain(), RESUBSCRIBE_MS).unref();
  }

  #refusal(): BusError | undefined {
    const refused = this.#served.filter(({ isRefused }) => isRefused).map(({ subject }) => subject);
    if (refused.length === 0) return undefined;
    return new BusError('forbidden', `NATS does not let this user subscribe to ${refused.join(', ')}`);
  }

  override bindEvents(client: NatsConnection): void {
    const discovery = new ServiceDiscovery(this.#options);
    for (const [subject, handler] of this.messageHandlers) {
      const endpoint = discovery.endpoint(subject);
      const receive = (message: Msg) => this.#receive(handler, message, endpoint);
      this.#served.push(new ServedSubject(client, subject, this.#options.queue, receive));
    }
    this.#discovery.push(...discovery.listen(client));
  }

  /** Further calls return the same promise. */
  override close(): Promise<void> {
    this.#closed ??= this.#close();
    return this.#closed;
  }

  async #close(): Promise<void> {
    const drained = Promise.allSettled([...this.#served, ...this.#discovery].map((listening) => listening.drain()));
    const answered = drained.then(() => Promise.all(this.#open.values()));
    await within(this.#options.drainTimeoutMs ?? 5_000, answered);
    for (const request of this.#open.keys()) request.answer(SHUTTING_DOWN);
    if (this.#client) await within(FLUSH_TIMEOUT_MS, this.#client.drain());
    await super.close();
  }

  #receive(handler: MessageHandler, message: Msg, endpoint: Endpoint): void {
    if (message.reply && !isInbox(message.reply)) {
      this.logger.warn({ subject: message.subject }, 'request dropped: its reply subject is not an inbox');
      return;
    }
    const request = new OpenRequest(message, () => this.#client?.info?.max_payload ?? Infinity);
    const started = performance.now();
    const answer = (result: OperationResult<unknown>) => {
      request.answer(result);
      endpoint.served(result, performance.now() - started);
    };
    const answering = this.#answer(handler, message)
      .then(answer)
      .catch((error: unknown) => {
        this.logger.error(error);
        answer(INTERNAL);
      })
      .finally(() => this.#open.delete(request));
    this.#open.set(request, answering);
  }

  async #answer(handler: MessageHandler, message: Msg): Promise<OperationResult<unknown>> {
    const size = message.data.length;
    if (size > MAX_REQUEST_BYTES) {
      return failed('too_large', `the body has ${size} bytes, the limit is ${MAX_REQUEST_BYTES}`);
    }
    const headers = headersOf(message);
    if (headers === MALFORMED) return failed('invalid_request', BAD_HEADERS.message, { details: [BAD_HEADERS] });
    const rpc = readRpcHeaders(headers, this.#options.defaultTenant);
    if (Array.isArray(rpc)) return failed('invalid_request', describeErrors(rpc), { details: rpc });
    const body = parseJson(message.data);
    if (!body.ok) {
      const details = [{ field: '', message: body.message }];
      return failed('invalid_request', `the body ${body.message}`, { details });
    }
    return this.#handle(handler, body.value, new CheckedNatsContext(message.subject, headers, rpc));
  }

  async #handle(
    handler: MessageHandler,
    body: unknown,
    context: CheckedNatsContext,
  ): Promise<OperationResult<unknown>> {
    try {
      const returned: unknown = await handler(body, context);
      return toReply(isObservable(returned) ? await lastValueFrom(returned, { defaultValue: null }) : returned);
    } catch (error) {
      const refusal = toRefusal(error);
      if (refusal) return refusal;
      // Nest has already logged and masked the errors of its handlers. This logs any other error.
      if (error instanceof Error) this.logger.error(error);
      return INTERNAL;
    }
  }
}
