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

/** The web console, a static build. Asks for no token: there is nothing in it, and what it shows comes from the API. */
@Injectable()
export class ConsoleRoutes implements OnApplicationBootstrap {
  constructor(
    private readonly host: HttpAdapterHost,
    private readonly build: ConsoleBuild,
  ) {}

  // No controller: for a path with a free end Nest has no spelling that Fastify takes as well, and warns at each start. Nor
  // earlier: a route keeps the error handler that there is when it is made.
  onApplicationBootstrap(): void {
    const fastify: FastifyInstance = this.host.httpAdapter.getInstance();
    for (const path of ['/', '/console']) fastify.get(path, (_request, reply) => reply.redirect(CONSOLE_ADDRESS));
    fastify.get<{ Params: { '*': string } }>(`${CONSOLE_ADDRESS}*`, async ({ params }, reply) => {
      if (!this.build.exists) throw new Refusal('not_found', 'the console was not built here: "npm run build" does so');
      const file = this.build.at(params['*']);
      if (!file) throw ofTransport(404);
      const { path, immutable } = file;
      // By its length and time it could be taken for that of another build: the page is as long in each of them, and where
      // images are built to be the same each time, as old.
      const validators = { etag: immutable, lastModified: immutable };
      return reply
        .header('cache-control', immutable ? 'public, max-age=31536000, immutable' : 'no-cache')
        .header('content-security-policy', CONTENT_SECURITY)
        .sendFile(path, this.build.folder, validators);
    });
  }
}
