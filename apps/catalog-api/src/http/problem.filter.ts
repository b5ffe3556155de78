import { retryHint } from '@integrations/database';
import { RecurringFailure } from '@integrations/telemetry';
import { type ArgumentsHost, Catch, type ExceptionFilter, Logger } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Refusal } from '../refusal';
import { internalFault, toRefusal } from './problem';
import type { RouteTable } from './route-table';
import { pathOf, sendProblem } from './send-problem';

/** Answers every HTTP error as a problem (RFC 9457), including errors of the framework. */
@Catch()
export class ProblemFilter implements ExceptionFilter {
  readonly #log = new Logger(ProblemFilter.name);
  readonly #away = new RecurringFailure(this.#log, 'database unavailable');

  constructor(private readonly routes: RouteTable) {}

  catch(error: unknown, host: ArgumentsHost): void {
    const request = host.switchToHttp().getRequest<FastifyRequest>();
    const reply = host.switchToHttp().getResponse<FastifyReply>();
    if (retryHint(error) !== null) this.#away.failed(error);
    const refusal = this.#otherMethods(request) ?? toRefusal(error) ?? cutOff(request) ?? this.#fault(error, request);
    if (!reply.sent) sendProblem(refusal, request, reply);
  }

  /**
   * A 405 if the path exists with other methods. The router itself answers 404 then, or takes a name in the path for an
   * id if the route with an id serves that method.
   */
  #otherMethods(request: FastifyRequest): Refusal | null {
    const methods = this.routes.insteadOf(request.method, pathOf(request));
    if (methods.length === 0) return null;
    const allow = methods.join(', ');
    return new Refusal('unsupported_operation', `this path serves ${allow}, not ${request.method}`, [], {
      status: 405,
      headers: { allow },
    });
  }

  #fault(error: unknown, request: FastifyRequest): Refusal {
    const fields = { err: error, method: request.method, route: request.routeOptions?.url ?? null };
    this.#log.error(fields, 'request failed unexpectedly');
    return internalFault();
  }
}

/** A refusal if the client disconnected, or was cut off as too slow, while sending its body: not an internal error. */
function cutOff({ raw }: FastifyRequest): Refusal | null {
  if (raw.complete || !raw.destroyed) return null;
  return new Refusal('invalid_request', 'the request was incomplete');
}
