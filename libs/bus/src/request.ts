import { failed, HEADERS, type OperationResult } from '@integrations/contracts';
import { errors, headers as natsHeaders, type Msg, type MsgHdrs, RequestError } from '@nats-io/transport-node';
import type { Connection } from './connection';
import { encodeJson, parseJson } from './json';

export interface RequestOptions {
  readonly timeoutMs: number;
  readonly tenantId?: string;
  /** The W3C trace context that the request belongs to. */
  readonly traceparent?: string | undefined;
  readonly signal?: AbortSignal;
}

/** Bytes reserved for the headers of a request, which are short: a tenant, a trace and a deadline. */
const HEADER_ROOM = 4_096;

/** See `Bus.request`. */
export async function request<T>(
  connection: Connection,
  subject: string,
  body: object,
  options: RequestOptions,
): Promise<OperationResult<T>> {
  const { timeoutMs, signal } = options;
  signal?.throwIfAborted();
  const started = performance.now();
  // A request sent while the connection is down would be lost, or answered after its caller has gone.
  if (!(await connection.whenUp(timeoutMs, signal))) {
    signal?.throwIfAborted();
    return failed('timeout', `${subject}: no connection to NATS within ${timeoutMs} ms`);
  }
  const payload = encodeJson(body);
  const limit = connection.maxPayload;
  if (payload.length + HEADER_ROOM > limit) {
    return failed('too_large', `${subject}: a request of ${payload.length} bytes exceeds the limit of ${limit}`);
  }
  const timeout = Math.max(1, timeoutMs - Math.round(performance.now() - started));
  try {
    const sent = connection.nats.request(subject, payload, { timeout, headers: headersOf(options, timeout) });
    return readReply<T>(subject, await unlessAborted(sent, signal));
  } catch (error) {
    signal?.throwIfAborted();
    return toFailure(subject, timeoutMs, error);
  }
}

function headersOf({ tenantId, traceparent }: RequestOptions, timeout: number): MsgHdrs {
  const headers = natsHeaders();
  if (tenantId !== undefined) headers.set(HEADERS.tenant, tenantId);
  if (traceparent !== undefined) headers.set(HEADERS.traceparent, traceparent);
  headers.set(HEADERS.deadlineMs, String(timeout));
  return headers;
}

async function unlessAborted(sent: Promise<Msg>, signal: AbortSignal | undefined): Promise<Msg> {
  if (!signal) return sent;
  const { promise: aborted, reject } = Promise.withResolvers<never>();
  const abort = () => reject(signal.reason);
  signal.addEventListener('abort', abort, { once: true });
  try {
    return await Promise.race([sent, aborted]);
  } finally {
    signal.removeEventListener('abort', abort);
    sent.catch(() => undefined);
  }
}

function readReply<T>(subject: string, reply: Msg): OperationResult<T> {
  const parsed = parseJson(reply.data);
  if (!parsed.ok) return failed('internal', `${subject}: the reply ${parsed.message}`);
  if (typeof parsed.value !== 'object' || parsed.value === null || !('success' in parsed.value)) {
    return failed('internal', `${subject}: the reply must be an operation result`);
  }
  return parsed.value as OperationResult<T>;
}

function toFailure(subject: string, timeoutMs: number, error: unknown): OperationResult<never> {
  if (error instanceof errors.TimeoutError) {
    return failed('timeout', `${subject}: no answer within ${timeoutMs} ms`);
  }
  if (error instanceof RequestError && error.isNoResponders()) {
    return failed('provider_unavailable', `${subject}: no responders; the app that serves it is not running`);
  }
  return failed('provider_unavailable', `${subject}: ${error instanceof Error ? error.message : 'request failed'}`);
}
