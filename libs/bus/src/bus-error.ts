import type { ErrorCode } from '@integrations/contracts';

/** NATS failed us. `errorCode` shows whether a retry may help. The message never quotes a body. */
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
