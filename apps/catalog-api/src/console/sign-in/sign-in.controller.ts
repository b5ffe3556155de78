import { Controller, Get, Header, Inject, Query, Req, Res } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { decodeJwt } from 'jose';
import { InjectPinoLogger, PinoLogger } from 'nestjs-pino';
import { ResponseBodyError } from 'openid-client';
import { Authenticator } from '../../access/authenticator';
import { refuseCrossOrigin } from '../../access/other-origins';
import { RateLimits } from '../../access/rate-limits';
import { LONGEST_TOKEN, sessionCookie } from '../../access/session-cookie';
import { Refusal } from '../../refusal';
import { SESSION_PATH } from '../session.controller';
import type { IdentityProvider } from './identity-provider';
import { returnPath } from './return-path';
import { SignInFailed, signInFailed } from './sign-in-failed';
import { ENDED_TRANSACTION, newTransaction, type Transaction, transactionCookie, transactionOf } from './transaction';

/** Injection token of the IdentityProvider. The value is null if none is configured. */
export const IDENTITY_PROVIDER = Symbol('IDENTITY_PROVIDER');

/** Signs users in to the console at the issuer. The resulting session is the same as after entering a token. */
@ApiExcludeController()
@Controller(SESSION_PATH)
export class SignInController {
  constructor(
    @Inject(IDENTITY_PROVIDER) private readonly provider: IdentityProvider | null,
    private readonly authenticator: Authenticator,
    private readonly limits: RateLimits,
    @InjectPinoLogger(SignInController.name) private readonly log: PinoLogger,
  ) {}

  /** The ways to sign in that the page may offer besides a token. */
  @Get('methods')
  @Header('cache-control', 'no-store')
  methods(): { readonly identityProvider: string | null } {
    return { identityProvider: this.provider?.name ?? null };
  }

  @Get('authorize')
  @Header('cache-control', 'no-store')
  async authorize(
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
    @Query('returnTo') returnTo: unknown,
  ): Promise<void> {
    const provider = this.#configured();
    refuseCrossOrigin(request);
    const transaction = newTransaction(returnPath(returnTo));
    try {
      const address = await provider.authorizationUrl(transaction);
      await reply.header('set-cookie', transactionCookie(request, transaction)).redirect(address, 302);
    } catch (error) {
      await reply.redirect(this.#failed(error, transaction.returnTo), 302);
    }
  }

  @Get('callback')
  @Header('cache-control', 'no-store')
  async callback(
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
    @Query('state') state: unknown,
  ): Promise<void> {
    const provider = this.#configured();
    const transaction = transactionOf(request);
    const returnTo = returnPath(transaction?.returnTo);
    try {
      if (!transaction) throw new SignInFailed('expired', 'the browser sent no sign-in cookie');
      // This callback belongs to an earlier sign-in, to another tab, or is made up. The current sign-in stays valid.
      if (state !== transaction.state) throw new SignInFailed('expired', 'the state does not match this sign-in');
      reply.header('set-cookie', [...ENDED_TRANSACTION]);
      const token = await this.#accessToken(provider, request, transaction);
      await this.authenticator.identify(token, request);
      if (token.length > LONGEST_TOKEN)
        throw new SignInFailed('token_too_large', `the token has ${token.length} characters`);
      await reply.header('set-cookie', sessionCookie(request, token, secondsLeftOf(token))).redirect(returnTo, 302);
    } catch (error) {
      await reply.redirect(this.#failed(error, returnTo), 302);
    }
  }

  /**
   * Exchanges the code for an access token. A code that the provider refuses counts as a refused token, because anyone
   * can invent codes, and each one costs a request to the provider.
   */
  async #accessToken(provider: IdentityProvider, request: FastifyRequest, transaction: Transaction): Promise<string> {
    await this.limits.refuseGuessers(request);
    try {
      return await provider.accessToken(queryOf(request), transaction);
    } catch (error) {
      if (error instanceof ResponseBodyError) await this.limits.countFailure(request);
      throw error;
    }
  }

  #configured(): IdentityProvider {
    if (this.provider) return this.provider;
    throw new Refusal('not_found', 'no identity provider is configured here: CONSOLE_OIDC_CLIENT_ID is not set');
  }

  /** The address of the page, with the failure's code in the fragment. Rethrows internal errors. */
  #failed(error: unknown, returnTo: string): string {
    const failed = signInFailed(error);
    if (!failed) throw error;
    this.log.warn({ failure: failed.failure, reason: failed.reason }, 'sign-in failed');
    return `${returnTo}#sign-in=${failed.failure}`;
  }
}

function queryOf({ url }: FastifyRequest): string {
  const start = url.indexOf('?');
  return start < 0 ? '' : url.slice(start);
}

/** Seconds until a verified access token expires, at least 1. */
function secondsLeftOf(token: string): number {
  const { exp = 0 } = decodeJwt(token);
  return Math.max(1, Math.floor(exp - Date.now() / 1_000));
}
