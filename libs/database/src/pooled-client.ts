import { Client, type ClientConfig } from 'pg';

/**
 * pg's constructor reads the certificate files that the URL names, and throws if one is missing, for example while it is
 * being replaced. When the pool connects on behalf of a waiting caller, nobody catches that error. This class turns it into
 * a failed connection.
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
