import { RequestRejected } from '@integrations/bus';
import { retryHint } from '@integrations/database';
import { RecurringFailure } from '@integrations/telemetry';
import { type ArgumentsHost, Catch, Logger } from '@nestjs/common';
import { BaseRpcExceptionFilter } from '@nestjs/microservices';
import type { Observable } from 'rxjs';

/** For requests over NATS: while PostgreSQL is unavailable or busy, asks the caller to retry. Leaves other errors to Nest. */
@Catch()
export class RpcFilter extends BaseRpcExceptionFilter {
  readonly #outage = new RecurringFailure(new Logger(RpcFilter.name), 'database unavailable');

  override catch(error: unknown, host: ArgumentsHost): Observable<never> {
    const hint = retryHint(error);
    if (hint === null) return super.catch(error as Error, host) as Observable<never>;
    this.#outage.failed(error);
    return super.catch(new RequestRejected('provider_unavailable', hint), host) as Observable<never>;
  }
}
