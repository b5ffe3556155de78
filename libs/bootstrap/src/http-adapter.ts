import type { IncomingMessage } from 'node:http';
import { finished } from 'node:stream/promises';
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

/** Milliseconds in which the rest of a body may arrive before a request that is refused without it is answered. */
const REST_OF_BODY_MS = 10_000;

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
  fastify.addHook('onSend', async ({ raw }) => {
    if (!raw.complete) await discardRestOf(raw);
  });
  return adapter;
}

/**
 * Closing a connection whose client is still sending resets it: the client never sees the answer, and a proxy makes it a
 * 502. Node closes after a request with `Connection: close`, which nginx sends by default, and Fastify after a body that is
 * too large.
 */
async function discardRestOf(request: IncomingMessage): Promise<void> {
  request.resume();
  await finished(request, { signal: AbortSignal.timeout(REST_OF_BODY_MS) }).catch(() => undefined);
}
