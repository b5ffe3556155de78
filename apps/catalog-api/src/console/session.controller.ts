import { validate } from '@integrations/contracts';
import { Body, Controller, Delete, Get, Header, HttpCode, Post, Req, Res } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Authenticator } from '../access/authenticator';
import type { Caller } from '../access/caller';
import { CONSOLE, CONSOLE_HEADER, ENDED_SESSION, isFromConsole, sessionCookie } from '../access/session-cookie';
import { invalid, Refusal } from '../refusal';
import { SignInRequest } from './sign-in.request';

/** Not below the API's prefix. */
export const SESSION_PATH = 'console/session';

/** Sessions of the console. A session is the token itself, in a cookie that scripts cannot read. */
@ApiExcludeController()
@Controller(SESSION_PATH)
export class SessionController {
  constructor(private readonly authenticator: Authenticator) {}

  @Post()
  @HttpCode(200)
  @Header('cache-control', 'no-store')
  async begin(
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
    @Body() body: unknown,
  ): Promise<Caller> {
    refuseOtherPages(request);
    const signIn = validate(SignInRequest, body);
    if (!signIn.ok) throw invalid(signIn.errors);
    const { token } = signIn.value;
    const caller = await this.authenticator.identify(token, request);
    reply.header('set-cookie', sessionCookie(request, token));
    return caller;
  }

  /** Also accepts a bearer header: a proxy that signs users in sends one, so they need not sign in here. */
  @Get()
  @Header('cache-control', 'no-store')
  read(@Req() request: FastifyRequest): Promise<Caller> {
    return this.authenticator.authenticate(request);
  }

  @Delete()
  @HttpCode(204)
  @Header('cache-control', 'no-store')
  end(@Req() request: FastifyRequest, @Res({ passthrough: true }) reply: FastifyReply): void {
    refuseOtherPages(request);
    reply.header('set-cookie', [...ENDED_SESSION]);
  }
}

/** Keeps pages of other origins from signing users in or out. */
function refuseOtherPages(request: FastifyRequest): void {
  if (isFromConsole(request)) return;
  const message = `must be ${CONSOLE}`;
  const details = [{ field: `headers.${CONSOLE_HEADER}`, message }];
  throw new Refusal('forbidden', `only the console may use this: the header ${CONSOLE_HEADER} ${message}`, details);
}
