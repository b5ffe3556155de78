import type { OnModuleInit } from '@nestjs/common';
import type { HttpAdapterHost } from '@nestjs/core';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Logger } from 'pino';
import { TELEMETRY_ROUTES } from '../routes';
import { requestFields } from './trace-fields';

const SILENT = new Set<string | undefined>(TELEMETRY_ROUTES);

/**
 * One line for each HTTP request: method, route, status, milliseconds. The route is the pattern, not the URL: paths, query
 * strings, headers and bodies hold content that belongs in no log.
 */
export class RequestLog implements OnModuleInit {
  constructor(
    private readonly host: HttpAdapterHost,
    /** Not a request's own logger: the line names its request itself, even one that no handler saw. */
    private readonly log: Logger,
  ) {}

  onModuleInit(): void {
    if (this.host.httpAdapter?.getType() !== 'fastify') return;
    const fastify: FastifyInstance = this.host.httpAdapter.getInstance();
    fastify.addHook('onResponse', (request, reply, done) => {
      this.#served(request, reply);
      done();
    });
  }

  #served(request: FastifyRequest, reply: FastifyReply): void {
    const route = request.routeOptions.url;
    if (SILENT.has(route)) return;
    const fields = {
      ...requestFields(request),
      method: request.method,
      route: route ?? null,
      status: reply.statusCode,
      ms: Math.round(reply.elapsedTime * 10) / 10,
    };
    if (reply.statusCode >= 500) this.log.warn(fields, 'request failed');
    else this.log.info(fields, 'request served');
  }
}
