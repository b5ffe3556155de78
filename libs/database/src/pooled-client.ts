import { Client, type ClientConfig } from 'pg';

/**
 * pg reads the files that the URL names for each connection, as it makes the client, and throws if one is away, as while it
 * is replaced. Where its pool connects for who waits, nobody catches that: here it is a connection that fails.
 */
export class PooledClient extends Client {
  constructor(config: ClientConfig) {
    try {
      super(config);
    } catch (error) {
      super();
      const fail = (told: (error: unknown) => void): void => process.nextTick(told, error);
      this.connect = fail as typeof this.connect;
    }
  }
}
