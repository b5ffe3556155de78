import { ERROR_CODES, type ErrorCode } from './error-codes';

/** What is wrong with one field of a request. `field` is a path such as `annotations[3].startLine`; `''` is the whole. */
export interface FieldError {
  readonly field: string;
  readonly message: string;
}

/** The one reply: every NATS reply and the outcome of every SCM operation. All fields are always present. */
export interface OperationResult<T> {
  readonly success: boolean;
  readonly result: T | null;
  readonly errorMessage: string | null;
  /** The same request may succeed later; once the operation has failed, under another `idempotencyKey`. */
  readonly isTransient: boolean;
  /** Nothing was sent because posting is offline; the payload is parked. */
  readonly skippedOffline: boolean;
  readonly errorCode: ErrorCode | null;
  /** Milliseconds to wait before trying again, where known. */
  readonly retryAfterMs: number | null;
  /** The ledger row of an SCM operation; null for plain reads. */
  readonly operationId: string | null;
  readonly details: readonly FieldError[];
}

export interface FailureOptions {
  readonly isTransient?: boolean;
  readonly retryAfterMs?: number | null;
  readonly operationId?: string | null;
  readonly details?: readonly FieldError[];
  readonly skippedOffline?: boolean;
}

export function succeeded<T>(result: T, operationId: string | null = null): OperationResult<T> {
  return {
    success: true,
    result,
    errorMessage: null,
    isTransient: false,
    skippedOffline: false,
    errorCode: null,
    retryAfterMs: null,
    operationId,
    details: [],
  };
}

export function failed(
  errorCode: ErrorCode,
  errorMessage: string,
  options: FailureOptions = {},
): OperationResult<never> {
  return {
    success: false,
    result: null,
    errorMessage,
    isTransient: options.isTransient ?? ERROR_CODES[errorCode].transient,
    skippedOffline: options.skippedOffline ?? false,
    errorCode,
    retryAfterMs: options.retryAfterMs ?? null,
    operationId: options.operationId ?? null,
    details: options.details ?? [],
  };
}
