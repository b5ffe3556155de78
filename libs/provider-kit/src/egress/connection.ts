import type { Socket } from 'node:net';
import type { ConnectionFacts } from './egress';
import type { TransportStage } from './transport-errors';

/** The one connection of an undici client: the stage it has reached, and the facts observed so far. */
export interface Carrier {
  stage: TransportStage;
  /** The host of the proxy, until it has opened its tunnel. */
  proxy: string | undefined;
  facts: ConnectionFacts;
  /** The socket while it is still connecting. */
  connecting: Socket | undefined;
  /** The TLS alert with which the server closed the connection; undici reports only that it closed. */
  alert: unknown;
}

export interface Target {
  readonly hostname: string;
  readonly port: number;
  readonly secure: boolean;
}

/** Callbacks while a connection is made, each called at most once; `ready` or `failed` is the last. */
export interface Progress {
  resolved(): void;
  connected(): void;
  ready(socket: Socket): void;
  failed(error: unknown): void;
}
