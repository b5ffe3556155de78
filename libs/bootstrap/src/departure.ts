import { Injectable } from '@nestjs/common';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';

/** Milliseconds that a shutdown waits for clients; a connection that never sends a request would keep it open for ever. */
const LAST_CALL_MS = 5_000;

/** Whether this process is told to end. It may go on taking requests until those who route them have noticed. */
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

/** From the departure on, each answer tells the client to close its connection; else it would send more on it, into its end. */
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
