import { ERROR_CODES, type ErrorCode, type ProbeStageName } from '@integrations/contracts';
import type { ConnectionFacts } from './egress/egress';

export interface ProviderErrorOptions {
  readonly cause?: unknown;
  /** Overrides what the code usually means: a 404 right after a token was minted is transient, for example. */
  readonly transient?: boolean;
  /** Milliseconds to wait before trying again, as the vendor said. */
  readonly retryAfterMs?: number;
  /** The stage of a probe at which this happened, where the transport knows it. */
  readonly stage?: ProbeStageName;
  /** The HTTP status of the vendor's answer, where there was one. */
  readonly httpStatus?: number;
}

// In the registry of all symbols: a third-party package brings its own copy of this module.
const BRAND = Symbol.for('integrations.ProviderError');

/** The one error of providers and egress. Its message names no secret and quotes no response body. */
export class ProviderError extends Error {
  override readonly name = 'ProviderError';
  readonly transient: boolean;
  readonly retryAfterMs: number | undefined;
  readonly stage: ProbeStageName | undefined;
  readonly httpStatus: number | undefined;
  /** How far the connection had come, where the transport failed. Set by the egress client. */
  connection: ConnectionFacts | undefined;

  constructor(
    readonly code: ErrorCode,
    message: string,
    options: ProviderErrorOptions = {},
  ) {
    super(message, { cause: options.cause });
    this.transient = options.transient ?? ERROR_CODES[code].transient;
    this.retryAfterMs = options.retryAfterMs;
    this.stage = options.stage;
    this.httpStatus = options.httpStatus;
  }

  get [BRAND](): true {
    return true;
  }

  /** An error of any copy of this class is an instance of each. */
  static override [Symbol.hasInstance](value: unknown): boolean {
    return typeof value === 'object' && value !== null && BRAND in value;
  }
}

/** Whether it is one with any of these codes. */
export function hasCode(error: unknown, ...codes: readonly ErrorCode[]): error is ProviderError {
  return error instanceof ProviderError && codes.includes(error.code);
}

/** Whether it is what a vendor's answer with any of these statuses means. */
export function hasStatus(error: unknown, ...statuses: readonly number[]): error is ProviderError {
  return error instanceof ProviderError && statuses.includes(error.httpStatus ?? 0);
}
