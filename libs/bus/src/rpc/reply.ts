import { failed, type OperationResult, succeeded } from '@integrations/contracts';
import { RpcException } from '@nestjs/microservices';

/** The reply to what a handler returned: an operation result as it is, anything else as the result of a success. */
export function toReply(returned: unknown): OperationResult<unknown> {
  return isOperationResult(returned) ? returned : succeeded(returned ?? null);
}

/** The reply to what a handler threw, directly or through Nest's exception handling; null if it is a fault of ours. */
export function toRefusal(thrown: unknown): OperationResult<unknown> | null {
  const content = thrown instanceof RpcException ? thrown.getError() : thrown;
  return isOperationResult(content) ? content : null;
}

const FIELDS = Object.keys(failed('internal', ''));

function isOperationResult(value: unknown): value is OperationResult<unknown> {
  return typeof value === 'object' && value !== null && FIELDS.every((field) => Object.hasOwn(value, field));
}
