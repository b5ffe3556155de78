import { readTraceparent } from '@integrations/contracts';
import { type CanActivate, type ExecutionContext, Injectable } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import type { FastifyRequest } from 'fastify';
import { API_PREFIX } from '../http/api-prefix';
import { Refusal } from '../refusal';
import { Authenticator, REALM } from './authenticator';
import { mayDo, rememberCaller } from './caller';
import { refuseOtherOrigins } from './other-origins';
import { Scope } from './require-scope';

/** Lets a request of the API through if its token is valid and has the scope that the route requires. */
@Injectable()
export class AccessGuard implements CanActivate {
  constructor(
    private readonly authenticator: Authenticator,
    private readonly reflector: Reflector,
  ) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const request = context.switchToHttp().getRequest<FastifyRequest>();
    // Health and metrics are for operators, and need no token.
    if (!request.routeOptions.url?.startsWith(`/${API_PREFIX}/`)) return true;

    refuseOtherOrigins(request);
    const scope = this.reflector.get(Scope, context.getHandler());
    if (!scope) throw new Error(`${context.getHandler().name} requires no scope`);
    const caller = await this.authenticator.authenticate(request);
    if (!mayDo(caller, scope)) throw missingScope(scope);
    rememberCaller(request, { ...caller, traceparent: readTraceparent(request.headers['traceparent']) });
    return true;
  }
}

function missingScope(scope: string): Refusal {
  const challenge = `${REALM}, error="insufficient_scope", scope="${scope}"`;
  const message = `the token lacks the scope ${scope}`;
  return new Refusal('forbidden', message, [], { headers: { 'www-authenticate': challenge } });
}
