import { ApiTokenRepository } from '@integrations/database';
import { hashApiToken } from '@integrations/secrets';
import { Inject, Injectable } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { InjectPinoLogger, PinoLogger } from 'nestjs-pino';
import { Refusal, unavailable } from '../refusal';
import { AcceptedTokens } from './accepted-tokens';
import type { Caller } from './caller';
import { AccessTokens } from './oidc/access-tokens';
import { IssuerUnavailable } from './oidc/issuer-unavailable';
import { TokenRefused } from './oidc/token-refused';
import { RateLimits } from './rate-limits';
import { sentTokenOf } from './sent-token';

export const REALM = 'Bearer realm="integrations"';
const REMEMBERED = 10_000;

/** Identifies the caller by a token that the command line made, or by an access token of the configured issuer. */
@Injectable()
export class Authenticator {
  readonly #accepted = new AcceptedTokens(REMEMBERED);

  constructor(
    private readonly apiTokens: ApiTokenRepository,
    @Inject(AccessTokens) private readonly accessTokens: AccessTokens | null,
    private readonly limits: RateLimits,
    @InjectPinoLogger(Authenticator.name) private readonly log: PinoLogger,
  ) {}

  /** Throws a Refusal: 401 without a valid token, 429 after too many invalid ones, 503 if the issuer is unreachable. */
  async authenticate(request: FastifyRequest): Promise<Caller> {
    const token = sentTokenOf(request);
    if (token === null) throw unauthorized('a bearer token is required', REALM);
    return this.identify(token, request);
  }

  /**
   * The caller that a token of the request belongs to, wherever it stood in the request. Throws as `authenticate` does.
   */
  async identify(token: string, request: FastifyRequest): Promise<Caller> {
    const hash = hashApiToken(token);
    // A known token still works from an address that is guessing, for example when both are behind one proxy.
    if (!this.#accepted.has(hash)) await this.limits.refuseGuessers(request);
    const caller = await this.#callerOf(token, hash);
    if (caller) {
      this.#accepted.add(hash);
      return caller;
    }
    this.#accepted.remove(hash);
    await this.limits.countFailure(request);
    throw unauthorized('the bearer token is not valid', `${REALM}, error="invalid_token"`);
  }

  async #callerOf(token: string, hash: string): Promise<Caller | null> {
    if (this.accessTokens && AccessTokens.looksLike(token)) return this.#bearerOf(this.accessTokens, token);
    // One look-up by hash, so that its timing does not reveal how close a guess was.
    const row = await this.apiTokens.findByHash(hash);
    return row && { tenantId: row.tenantId, name: row.name, scopes: row.scopes };
  }

  async #bearerOf(accessTokens: AccessTokens, token: string): Promise<Caller | null> {
    try {
      return await accessTokens.verify(token);
    } catch (error) {
      if (error instanceof TokenRefused) {
        this.log.warn({ reason: error.reason }, 'access token refused');
        return null;
      }
      if (!(error instanceof IssuerUnavailable)) throw error;
      this.log.warn({ err: error }, 'token issuer unavailable');
      throw unavailable('the issuer of access tokens cannot be reached to check this one');
    }
  }
}

function unauthorized(message: string, challenge: string): Refusal {
  return new Refusal('unauthorized', message, [], { headers: { 'www-authenticate': challenge } });
}
