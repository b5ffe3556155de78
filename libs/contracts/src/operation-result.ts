import { ERROR_CODES, type ErrorCode } from './error-codes';

/** An error in one field of a request. */
export interface FieldError {
  /** Path of the field, such as `annotations[3].startLine`; an empty string for the whole request. */
  readonly field: string;
  /** What is wrong, such as `must not be less than 10`. */
  readonly message: string;
}

/** The form of every NATS reply and of every SCM operation's outcome. All fields are always present. */
export interface OperationResult<T> {
  /** True if the request was carried out. */
  readonly success: boolean;
  /** The result; null if there is none. A publish request that failed has one too if some of its parts were posted. */
  readonly result: T | null;
  /** What went wrong, for people to read; null on success. */
  readonly errorMessage: string | null;
  /**
   * True if the same request may succeed later. After the operation has failed, this needs another `idempotencyKey`.
   */
  readonly isTransient: boolean;
  /** True if nothing was sent because posting is offline; the payload is parked. */
  readonly skippedOffline: boolean;
  /** What went wrong, for programs; null on success. */
  readonly errorCode: ErrorCode | null;
  /** Milliseconds to wait before a retry; null if unknown. */
  readonly retryAfterMs: number | null;
  /** The id of an SCM operation in the ledger; null for plain reads. */
  readonly operationId: string | null;
  /** The errors in fields of the request; empty if no field is at fault. */
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
