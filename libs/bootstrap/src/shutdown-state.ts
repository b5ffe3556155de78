import { Injectable } from '@nestjs/common';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';

/** Milliseconds that a shutdown waits for clients. A connection that never sends a request would keep it waiting for ever. */
const CLOSE_AFTER_MS = 5_000;

/** Whether this process is shutting down. It may still accept requests until load balancers have noticed. */
@Injectable()
export class ShutdownState {
  #begun = false;

  get hasBegun(): boolean {
    return this.#begun;
  }

  begin(): void {
    this.#begun = true;
  }
}

/** Once shutdown has begun, each answer closes its connection, so that the client sends no further request on it. */
export function closeConnectionsOnShutdown(app: NestFastifyApplication): void {
  const shutdown = app.get(ShutdownState);
  const fastify = app.getHttpAdapter().getInstance();
  fastify.addHook('preClose', async () => {
    shutdown.begin();
    setTimeout(() => fastify.server.closeAllConnections(), CLOSE_AFTER_MS).unref();
  });
  fastify.addHook('onSend', async (_request, reply) => {
    if (shutdown.hasBegun) reply.header('connection', 'close');
  });
}
