import type { ErrorCode } from '@integrations/contracts';

/** What NATS could not do for us. `errorCode` tells whether trying again may help; no body is ever quoted. */
export class BusError extends Error {
  override readonly name = 'BusError';

  constructor(
    readonly errorCode: ErrorCode,
    message: string,
    options: { cause?: unknown } = {},
  ) {
    super(message, options);
  }
}

export function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : 'unknown reason';
}
