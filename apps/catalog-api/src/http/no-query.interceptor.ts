import { type CallHandler, type ExecutionContext, Injectable, type NestInterceptor } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import type { FastifyRequest } from 'fastify';
import type { Observable } from 'rxjs';
import { Scope } from '../access/require-scope';
import { invalid } from '../refusal';
import { TakesQuery } from './query';

/** Refuses query parameters on routes of the API that take none, because they would otherwise be silently ignored. */
@Injectable()
export class NoQueryInterceptor implements NestInterceptor {
  constructor(private readonly reflector: Reflector) {}

  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    const handler = context.getHandler();
    const isApi = this.reflector.get(Scope, handler) !== undefined;
    if (!isApi || this.reflector.get(TakesQuery, handler)) return next.handle();
    const { query } = context.switchToHttp().getRequest<FastifyRequest>();
    const names = Object.keys(query as object);
    if (names.length === 0) return next.handle();
    throw invalid(names.map((field) => ({ field, message: 'this request takes no query parameters' })));
  }
}
