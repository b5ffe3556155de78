import type { ApiScope } from '@integrations/secrets';
import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';

/** Who makes the request, according to its token. */
export interface Caller {
  readonly tenantId: string;
  /** The token's name: the actor in the audit trail. */
  readonly name: string;
  readonly scopes: readonly string[];
  /** The W3C trace context of the request, if it has one. */
  readonly traceparent?: string | undefined;
}

const callers = new WeakMap<FastifyRequest, Caller>();

export function rememberCaller(request: FastifyRequest, caller: Caller): void {
  callers.set(request, caller);
}

/** Undefined on routes outside the API, which need no token. */
export function callerOf(request: FastifyRequest): Caller | undefined {
  return callers.get(request);
}

/** The caller of the request, in a handler behind the AccessGuard. */
export const RequestCaller = createParamDecorator((_data: undefined, context: ExecutionContext): Caller => {
  const caller = callerOf(context.switchToHttp().getRequest<FastifyRequest>());
  if (!caller) throw new Error('a handler asks for the caller without requiring a scope');
  return caller;
});

export function mayDo(caller: Caller, scope: ApiScope): boolean {
  return caller.scopes.includes(scope);
}
