import { ERROR_CODES, type ErrorCode, type ProbeCode, type ProbeStageName } from '@integrations/contracts';
import type { ConnectionFacts } from './egress/egress';

export type FailureCode = Exclude<ProbeCode, 'ok'>;

export interface ProviderErrorOptions {
  readonly cause?: unknown;
  /** Overrides the code's default: for example, a 404 right after a token was minted is transient. */
  readonly transient?: boolean;
  /** Milliseconds that the vendor asked us to wait before the next attempt. */
  readonly retryAfterMs?: number;
  /** The probe stage at which the error happened, if the transport knows it. */
  readonly stage?: ProbeStageName;
  /** What a probe reports, if the vendor says more than the error's code can: `credential_expired`. */
  readonly probeCode?: FailureCode | undefined;
  /** The HTTP status of the vendor's answer, if there was one. */
  readonly httpStatus?: number;
}

// A global symbol, because a third-party package brings its own copy of this module.
const BRAND = Symbol.for('integrations.ProviderError');

/** The only error that providers and egress throw. Its message contains no secret and quotes no response body. */
export class ProviderError extends Error {
  override readonly name = 'ProviderError';
  readonly transient: boolean;
  readonly retryAfterMs: number | undefined;
  readonly stage: ProbeStageName | undefined;
  readonly probeCode: FailureCode | undefined;
  readonly httpStatus: number | undefined;
  /** How far the connection got before the transport failed. Set by the egress client. */
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
    this.probeCode = options.probeCode;
    this.httpStatus = options.httpStatus;
  }

  get [BRAND](): true {
    return true;
  }

  /** Makes `instanceof` recognise errors that another copy of this class created. */
  static override [Symbol.hasInstance](value: unknown): boolean {
    return typeof value === 'object' && value !== null && BRAND in value;
  }
}

/** True for a ProviderError with any of these codes. */
export function hasCode(error: unknown, ...codes: readonly ErrorCode[]): error is ProviderError {
  return error instanceof ProviderError && codes.includes(error.code);
}

/** For `catch`: null for an error that `isExpected`; any other is thrown again. */
export function nullIf(isExpected: (error: unknown) => boolean): (error: unknown) => null {
  return (error) => {
    if (isExpected(error)) return null;
    throw error;
  };
}

/** True for a ProviderError that stands for a vendor's answer with any of these HTTP statuses. */
export function hasStatus(error: unknown, ...statuses: readonly number[]): error is ProviderError {
  return error instanceof ProviderError && statuses.includes(error.httpStatus ?? 0);
}
