import { FastifyAdapter } from '@nestjs/platform-fastify';
import type { FastifyServerOptions } from 'fastify';
import { withoutPorts } from './forwarded-for';

/** The largest HTTP body, in bytes; more is answered 413. */
const MAX_BODY_BYTES = 1_048_576;

/**
 * Milliseconds in which a request must have arrived, its body included. Fastify has Node wait for ever, and bodies are read
 * before anybody is asked for a token: one without an end would keep its connection and a mebibyte for good.
 */
const REQUEST_TIMEOUT_MS = 60_000;

/** Fastify as every service runs it: bodies are bounded in size and time, and a shutdown answers what has arrived. */
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
