import { failed, type OperationResult, succeeded } from '@integrations/contracts';
import { RpcException } from '@nestjs/microservices';

/** The reply for a handler's return value: an operation result unchanged, anything else as the result of a success. */
export function toReply(returned: unknown): OperationResult<unknown> {
  return isOperationResult(returned) ? returned : succeeded(returned ?? null);
}

/** The reply for a handler's exception, thrown directly or through Nest's exception handling; null for a fault of ours. */
export function toRefusal(thrown: unknown): OperationResult<unknown> | null {
  const content = thrown instanceof RpcException ? thrown.getError() : thrown;
  return isOperationResult(content) ? content : null;
}

const FIELDS = Object.keys(failed('internal', ''));

function isOperationResult(value: unknown): value is OperationResult<unknown> {
  return typeof value === 'object' && value !== null && FIELDS.every((field) => Object.hasOwn(value, field));
}
