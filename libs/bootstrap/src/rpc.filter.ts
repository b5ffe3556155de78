import { RequestRejected } from '@integrations/bus';
import { whyAskAgain } from '@integrations/database';
import { type ArgumentsHost, Catch, Logger } from '@nestjs/common';
import { BaseRpcExceptionFilter } from '@nestjs/microservices';
import type { Observable } from 'rxjs';

/** Over NATS: while PostgreSQL is away or busy the caller is told to ask again. Everything else is answered as Nest does. */
@Catch()
export class RpcFilter extends BaseRpcExceptionFilter {
  readonly #log = new Logger(RpcFilter.name);

  override catch(error: unknown, host: ArgumentsHost): Observable<never> {
    const again = whyAskAgain(error);
    if (again === null) return super.catch(error as Error, host) as Observable<never>;
    this.#log.warn({ err: error }, 'database unavailable');
    return super.catch(new RequestRejected('provider_unavailable', again), host) as Observable<never>;
  }
}
