import helmet from '@fastify/helmet';
import fastifyStatic from '@fastify/static';
import { TELEMETRY_ROUTES } from '@integrations/telemetry';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { FastifyRequest } from 'fastify';
import { RateLimits } from '../access/rate-limits';
import { SESSION_PATH } from '../console/session.controller';
import { serveDocs } from '../docs/serve-docs';
import { IdempotencyKeys } from '../idempotency/idempotency-keys';
import { API_PREFIX } from './api-prefix';
import { BODY_TYPES, parseBody, refuseOtherMediaTypes } from './json-body';
import { ProblemFilter } from './problem.filter';
import { RouteTable } from './route-table';

/** The Swagger page needs its own scripts, styles and images. Nothing needs resources of another origin. */
const CONTENT_SECURITY = {
  useDefaults: false,
  directives: {
    defaultSrc: ["'none'"],
    scriptSrc: ["'self'"],
    styleSrc: ["'self'", "'unsafe-inline'"],
    imgSrc: ["'self'", 'data:'],
    connectSrc: ["'self'"],
    baseUri: ["'none'"],
    formAction: ["'none'"],
    frameAncestors: ["'none'"],
  },
};

/**
 * Sets up HTTP, except for the controllers. CORS stays off: no page of another origin has a reason to call this API.
 */
export async function configureHttp(app: NestFastifyApplication): Promise<void> {
  const routes = new RouteTable();
  const fastify = app.getHttpAdapter().getInstance();
  fastify.addHook('onRoute', ({ method, url }) => routes.add(method, url));
  fastify.addHook('onRequest', async (request, reply) => {
    if (request.url.startsWith(`/${API_PREFIX}`)) reply.header('cache-control', 'no-store');
    refuseOtherMediaTypes(request);
  });
  await app.register(helmet, { contentSecurityPolicy: CONTENT_SECURITY });
  await app.get(RateLimits).install(app);
  // Gives ConsoleRoutes `sendFile`. The console's build contains compressed copies of its files.
  await app.register(fastifyStatic, { serve: false, cacheControl: false, preCompressed: true });
  const keys = app.get(IdempotencyKeys);
  fastify.addHook('onSend', (request, reply, payload) => keys.onSend(request, reply, payload));
  app.useBodyParser(BODY_TYPES, {}, (request, body, done) => {
    try {
      keys.rememberBody(request as FastifyRequest, body as Buffer);
      done(null, parseBody(body as Buffer));
    } catch (error) {
      done(error as Error, undefined);
    }
  });
  app.setGlobalPrefix(API_PREFIX, { exclude: [...TELEMETRY_ROUTES, SESSION_PATH, `${SESSION_PATH}/{*below}`] });
  app.useGlobalFilters(new ProblemFilter(routes));
  serveDocs(app);
}
