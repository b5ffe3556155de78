import { Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import type { FastifyInstance } from 'fastify';
import { ofTransport } from '../http/problem';
import { Refusal } from '../refusal';
import { ConsoleBuild } from './console-build';

export const CONSOLE_ADDRESS = '/console/';

const CONTENT_SECURITY = [
  `default-src 'none'`,
  `script-src 'self'`,
  `style-src 'self'`,
  `img-src 'self' data:`,
  `connect-src 'self'`,
  `font-src 'self'`,
  `base-uri 'none'`,
  `form-action 'none'`,
  `frame-ancestors 'none'`,
].join(';');

/** Serves the web console, a static build. It needs no token, because all data comes from the API. */
@Injectable()
export class ConsoleRoutes implements OnApplicationBootstrap {
  constructor(
    private readonly host: HttpAdapterHost,
    private readonly build: ConsoleBuild,
  ) {}

  // Not a controller: Nest has no spelling of a wildcard path that Fastify accepts too, and warns at each start. Not
  // earlier: a route keeps the error handler that was set when the route was created.
  onApplicationBootstrap(): void {
    const fastify: FastifyInstance = this.host.httpAdapter.getInstance();
    for (const path of ['/', '/console']) fastify.get(path, (_request, reply) => reply.redirect(CONSOLE_ADDRESS));
    fastify.get<{ Params: { '*': string } }>(`${CONSOLE_ADDRESS}*`, async ({ params }, reply) => {
      if (!this.build.exists) throw new Refusal('not_found', 'the console has not been built: run "npm run build"');
      const file = this.build.at(params['*']);
      if (!file) throw ofTransport(404);
      const { path, immutable } = file;
      // No validators for the page: they are made of its length and time. The page has the same length in every build,
      // and in reproducible images the same time as well, so browsers would keep the page of an older build.
      const validators = { etag: immutable, lastModified: immutable };
      return reply
        .header('cache-control', immutable ? 'public, max-age=31536000, immutable' : 'no-cache')
        .header('content-security-policy', CONTENT_SECURITY)
        .sendFile(path, this.build.folder, validators);
    });
  }
}
