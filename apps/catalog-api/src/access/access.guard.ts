import { ApiTokenRepository } from '@integrations/database';
import { hashApiToken } from '@integrations/secrets';
import { type CanActivate, type ExecutionContext, Injectable } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import type { FastifyRequest } from 'fastify';
import { API_PREFIX } from '../http/api-prefix';
import { Refusal } from '../refusal';
import { type Caller, mayDo, rememberCaller } from './caller';
import { Scope } from './require-scope';

const REALM = 'Bearer realm="integrations"';

/** Lets a request of the API through if its bearer token is known and has the scope that the route requires. */
@Injectable()
export class AccessGuard implements CanActivate {
  constructor(
    private readonly tokens: ApiTokenRepository,
    private readonly reflector: Reflector,
  ) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    // NATS has its own accounts and permissions; health and metrics are for those who run the machine.
    if (context.getType() !== 'http') return true;
    const request = context.switchToHttp().getRequest<FastifyRequest>();
    if (!request.routeOptions.url?.startsWith(`/${API_PREFIX}/`)) return true;

    const scope = this.reflector.get(Scope, context.getHandler());
    if (!scope) throw new Error(`${context.getHandler().name} requires no scope`);
    const caller = await this.#authenticate(request.headers.authorization);
    if (!mayDo(caller, scope)) throw missingScope(scope);
    rememberCaller(request, caller);
    return true;
  }

  /**
   * Whatever is presented takes the same way: one hash, one look-up by it. A comparison of hashes tells nothing of the
   * token, and nothing here depends on how nearly right a guess was.
   */
  async #authenticate(authorization: string | undefined): Promise<Caller> {
    if (!authorization) throw unauthorized('a bearer token is required', REALM);
    const token = /^Bearer +(\S+)$/i.exec(authorization)?.[1] ?? '';
    const row = await this.tokens.findByHash(hashApiToken(token));
    if (!row) throw unauthorized('the bearer token is not valid', `${REALM}, error="invalid_token"`);
    return { tenantId: row.tenantId, name: row.name, scopes: row.scopes };
  }
}

function unauthorized(message: string, challenge: string): Refusal {
  return new Refusal('unauthorized', message, [], { headers: { 'www-authenticate': challenge } });
}

function missingScope(scope: string): Refusal {
  const challenge = `${REALM}, error="insufficient_scope", scope="${scope}"`;
  const message = `the token lacks the scope ${scope}`;
  return new Refusal('forbidden', message, [], { headers: { 'www-authenticate': challenge } });
}
