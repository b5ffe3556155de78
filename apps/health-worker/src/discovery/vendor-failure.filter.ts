import type { CheckedNatsContext } from '@integrations/bus';
import { failed, type OperationResult } from '@integrations/contracts';
import { ProviderError } from '@integrations/provider-kit';
import { traceFields } from '@integrations/telemetry';
import { type ArgumentsHost, Catch, type RpcExceptionFilter } from '@nestjs/common';
import { InjectPinoLogger, PinoLogger } from 'nestjs-pino';
import { type Observable, of } from 'rxjs';

/** Turns a vendor's failure into an operation result for the caller. */
@Catch(ProviderError)
export class VendorFailureFilter implements RpcExceptionFilter<ProviderError> {
  constructor(@InjectPinoLogger(VendorFailureFilter.name) private readonly log: PinoLogger) {}

  catch(error: ProviderError, host: ArgumentsHost): Observable<OperationResult<never>> {
    const { code: errorCode, message, transient: isTransient, retryAfterMs = null } = error;
    const rpc = host.switchToRpc();
    const { integrationId } = rpc.getData<{ readonly integrationId: string }>();
    const context = rpc.getContext<CheckedNatsContext>();
    const fields = { integrationId, subject: context.getSubject(), errorCode, ...traceFields(context.rpc.traceparent) };
    this.log.warn({ ...fields, err: error }, 'discovery failed');
    return of(failed(errorCode, message, { isTransient, retryAfterMs }));
  }
}
