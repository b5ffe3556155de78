import { Injectable } from '@nestjs/common';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';

/** Milliseconds that a shutdown waits for clients. A connection that never sends a request would keep it waiting for ever. */
const LAST_CALL_MS = 5_000;

/** Whether this process is shutting down. It may still accept requests until load balancers have noticed. */
@Injectable()
export class Departure {
  #begun = false;

  get hasBegun(): boolean {
    return this.#begun;
  }

  begin(): void {
    this.#begun = true;
  }
}

/** Once shutdown has begun, each answer closes its connection, so that the client sends no further request on it. */
export function seeClientsOff(app: NestFastifyApplication): void {
  const departure = app.get(Departure);
  const fastify = app.getHttpAdapter().getInstance();
  fastify.addHook('preClose', async () => {
    departure.begin();
    setTimeout(() => fastify.server.closeAllConnections(), LAST_CALL_MS).unref();
  });
  fastify.addHook('onSend', async (_request, reply) => {
    if (departure.hasBegun) reply.header('connection', 'close');
  });
}
