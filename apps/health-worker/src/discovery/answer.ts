import { failed, type OperationResult } from '@integrations/contracts';
import { ProviderError } from '@integrations/provider-kit';
import type { PinoLogger } from 'nestjs-pino';

/** What was found, or what a vendor's failure means to who asked for it. `what` was asked, for the log. */
export async function answered<T>(
  log: PinoLogger,
  what: { readonly integrationId: string; readonly kind: string },
  work: () => Promise<T>,
): Promise<T | OperationResult<never>> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof ProviderError)) throw error;
    log.warn({ ...what, errorCode: error.code, err: error }, 'discovery failed');
    return failed(error.code, error.message, {
      isTransient: error.transient,
      retryAfterMs: error.retryAfterMs ?? null,
    });
  }
}
