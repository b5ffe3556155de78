import { type CallHandler, type ExecutionContext, Injectable, type NestInterceptor } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { type Observable, of } from 'rxjs';
import { callerOf } from '../access/caller';
import { IdempotencyKeys } from './idempotency-keys';

/** Lets a handler act once per idempotency key. Runs after the guard, because keys belong to tenants. */
@Injectable()
export class IdempotencyInterceptor implements NestInterceptor {
  constructor(private readonly keys: IdempotencyKeys) {}

  async intercept(context: ExecutionContext, next: CallHandler): Promise<Observable<unknown>> {
    const request = context.switchToHttp().getRequest<FastifyRequest>();
    const caller = callerOf(request);
    if (!caller || (await this.keys.begin(request, caller))) return next.handle();
    // The kept response replaces this one. Nest would treat an empty stream as a failure, and log it.
    return of(undefined);
  }
}
