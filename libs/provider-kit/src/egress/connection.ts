import type { Socket } from 'node:net';
import type { ConnectionFacts } from './egress';
import type { TransportStage } from './transport-errors';

/** The one connection of an undici client: how far it is, and what was learned on the way. */
export interface Carrier {
  stage: TransportStage;
  facts: ConnectionFacts;
  /** The socket, until it is ready. */
  connecting: Socket | undefined;
  /** The server's last word; undici reports only that the connection closed. */
  alert: unknown;
}

export interface Target {
  readonly hostname: string;
  readonly port: number;
  readonly secure: boolean;
}

/** What happens while a connection is made, each at most once; `ready` or `failed` ends it. */
export interface Progress {
  resolved(): void;
  connected(): void;
  ready(socket: Socket): void;
  failed(error: unknown): void;
}
