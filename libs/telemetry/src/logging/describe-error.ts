import { types } from 'node:util';

/** How many errors deep a chain of causes is told. */
const MAX_DEPTH = 6;
/** How many errors of an AggregateError are told. */
const MAX_ERRORS = 5;

/**
 * What a log line tells of an error: these fields and no others, since clients hang requests with their headers,
 * rows and query parameters on the errors they throw.
 */
export function describeError(thrown: unknown, depth = 1): unknown {
  if (!isError(thrown)) return typeof thrown === 'object' ? `not an Error: ${kindOf(thrown)}` : thrown;
  return {
    type: thrown.name,
    message: thrown.message,
    code: pick(thrown, 'code', 'string') ?? pick(thrown, 'code', 'number'),
    httpStatus: pick(thrown, 'httpStatus', 'number'),
    stack: thrown.stack,
    ...(depth < MAX_DEPTH ? within(thrown, depth + 1) : {}),
  };
}

function within(error: Error, depth: number): object {
  const all: unknown = Reflect.get(error, 'errors');
  const errors = Array.isArray(all) ? all.slice(0, MAX_ERRORS) : undefined;
  return {
    cause: error.cause === undefined ? undefined : describeError(error.cause, depth),
    errors: errors?.map((one) => describeError(one, depth)),
  };
}

// An error of another realm, such as one that Node itself throws under jest, is no `instanceof Error`.
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
