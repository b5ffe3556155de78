import { FastifyAdapter } from '@nestjs/platform-fastify';
import type { FastifyServerOptions } from 'fastify';
import { withoutPorts } from './forwarded-for';

/** The largest HTTP body, in bytes; a larger one is answered with 413. */
const MAX_BODY_BYTES = 1_048_576;

/**
 * Milliseconds in which a request must arrive, including its body. Fastify turns off Node's own limit, and bodies are read
 * before authentication: an endless body would hold its connection and a mebibyte of memory for ever.
 */
const REQUEST_TIMEOUT_MS = 60_000;

/** Fastify as every service runs it: bodies are limited in size and time, and a shutdown answers requests that have arrived. */
export function createHttpAdapter(
  options: Pick<FastifyServerOptions, 'frameworkErrors' | 'clientErrorHandler' | 'trustProxy'>,
): FastifyAdapter {
  const adapter = new FastifyAdapter({
    ...options,
    bodyLimit: MAX_BODY_BYTES,
    requestTimeout: REQUEST_TIMEOUT_MS,
    return503OnClosing: false,
  });
  const fastify = adapter.getInstance();
  fastify.addHook('onRequest', async ({ raw: { headers } }) => {
    const forwardedFor = headers['x-forwarded-for'];
    if (typeof forwardedFor === 'string') headers['x-forwarded-for'] = withoutPorts(forwardedFor);
  });
  return adapter;
}
