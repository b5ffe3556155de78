import { type FieldError, HEADERS, readTraceparent, TENANT_PATTERN } from '@integrations/contracts';
import { Match, type MsgHdrs } from '@nats-io/transport-node';
import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import { NatsContext } from '@nestjs/microservices';

/** The headers of a request. */
export interface RpcContext {
  /** The tenant of the header, or the default tenant. */
  readonly tenantId: string;
  /** Milliseconds, from the request's arrival, that the caller waits for the reply. */
  readonly deadlineMs?: number;
  readonly idempotencyKey?: string;
  /** The W3C trace context, if it is well-formed. */
  readonly traceparent?: string;
}

/** The context of a handler: Nest's context, with the headers already validated. */
export class CheckedNatsContext extends NatsContext {
  constructor(
    subject: string,
    headers: MsgHdrs | undefined,
    readonly rpc: RpcContext,
  ) {
    super([subject, headers]);
  }
}

/** Injects the RpcContext: `handle(@RpcBody(Dto) body: Dto, @RpcCaller() { tenantId }: RpcContext)`. */
export const RpcCaller = createParamDecorator(
  (_data: undefined, host: ExecutionContext): RpcContext => host.switchToRpc().getContext<CheckedNatsContext>().rpc,
);

const LONGEST_DEADLINE_MS = 86_400_000;
const LONGEST_KEY = 255;

/** Reads the headers, case-insensitively. Returns the errors if any header is invalid. */
export function readRpcHeaders(headers: MsgHdrs | undefined, defaultTenant: string): RpcContext | FieldError[] {
  if (!headers) return { tenantId: defaultTenant };
  // An empty tenant stays and fails below: its caller does not know whose request it sends.
  const tenant = read(headers, HEADERS.tenant);
  const deadline = unlessEmpty(read(headers, HEADERS.deadlineMs));
  const key = unlessEmpty(read(headers, HEADERS.idempotencyKey));
  const traceparent = readTraceparent(read(headers, HEADERS.traceparent).value);

  const errors = [
    check(tenant, (value) => TENANT_PATTERN.test(value), 'must be 1 to 63 lower-case letters, digits, - or _'),
    check(deadline, isDeadline, `must be whole milliseconds from 1 to ${LONGEST_DEADLINE_MS}`),
    check(key, (value) => value.length <= LONGEST_KEY, `must be at most ${LONGEST_KEY} characters`),
  ].filter((error) => error !== null);
  if (errors.length > 0) return errors;

  return {
    tenantId: tenant.value ?? defaultTenant,
    ...(deadline.value === undefined ? {} : { deadlineMs: Number(deadline.value) }),
    ...(key.value === undefined ? {} : { idempotencyKey: key.value }),
    ...(traceparent === undefined ? {} : { traceparent }),
  };
}

interface HeaderValue {
  readonly name: string;
  readonly value: string | undefined;
  readonly ambiguous: boolean;
}

function read(headers: MsgHdrs, name: string): HeaderValue {
  const values = new Set(headers.values(name, Match.IgnoreCase));
  const [value] = values;
  return { name, value, ambiguous: values.size > 1 };
}

function unlessEmpty(header: HeaderValue): HeaderValue {
  return { ...header, value: header.value || undefined };
}

function check(header: HeaderValue, valid: (value: string) => boolean, rule: string): FieldError | null {
  const field = `headers.${header.name}`;
  if (header.ambiguous) return { field, message: 'must be given once' };
  return header.value === undefined || valid(header.value) ? null : { field, message: rule };
}

function isDeadline(value: string): boolean {
  return /^[1-9]\d{0,8}$/.test(value) && Number(value) <= LONGEST_DEADLINE_MS;
}
