import { types } from 'node:util';

/** How many errors of a chain of causes are logged. */
const MAX_DEPTH = 6;
/** How many errors of an AggregateError are logged. */
const MAX_ERRORS = 5;

/**
 * The loggable part of an error: these fields and no others, because clients attach requests with their headers, rows and
 * query parameters to the errors they throw.
 */
export function describeError(thrown: unknown, depth = 1): unknown {
  if (!isError(thrown)) return typeof thrown === 'object' ? `not an Error: ${kindOf(thrown)}` : thrown;
  return {
    type: thrown.name,
    message: thrown.message,
    code: pick(thrown, 'code', 'string') ?? pick(thrown, 'code', 'number'),
    httpStatus: pick(thrown, 'httpStatus', 'number'),
    stack: thrown.stack,
    ...(depth < MAX_DEPTH ? nestedErrors(thrown, depth + 1) : {}),
  };
}

function nestedErrors(error: Error, depth: number): object {
  const all: unknown = Reflect.get(error, 'errors');
  const errors = Array.isArray(all) ? all.slice(0, MAX_ERRORS) : undefined;
  return {
    cause: error.cause === undefined ? undefined : describeError(error.cause, depth),
    errors: errors?.map((one) => describeError(one, depth)),
  };
}

// An error from another realm, such as one that Node itself throws under jest, is not `instanceof Error`.
function isError(thrown: unknown): thrown is Error {
  return thrown instanceof Error || types.isNativeError(thrown);
}

function pick(error: Error, field: string, type: 'string' | 'number'): unknown {
  const value: unknown = Reflect.get(error, field);
  return typeof value === type ? value : undefined;
}

function kindOf(value: object | null): string {
  return value === null ? 'null' : (value.constructor?.name ?? 'object');
}
