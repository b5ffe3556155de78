import type { Status } from '@nats-io/transport-node';

const TOLD_EVERY_MS = 60_000;

/** Of as many errors it is remembered that they were told. */
const MAX_ERRORS = 100;

/**
 * What of the statuses of a connection is to be told. A server that refuses its user, as while a password is changed on one
 * side only, ends each attempt with an error and a disconnect: several in a second, for as long as it takes. What it keeps a
 * user from is refused as often as that is tried.
 */
export class ConnectionNews {
  readonly #errors = new Map<string, { toldAt: number; untold: number }>();
  #isLost = false;

  /** How often it has come since it was told last; 0: it is not to be told now. */
  count(status: Status): number {
    if (status.type === 'error') return this.#countError(`${status.error.name} ${status.error.message}`);
    if (status.type === 'disconnect') return this.#turn(true);
    if (status.type === 'reconnect') return this.#turn(false);
    return 1;
  }

  /** The client library has a connection come back as often as it was refused. */
  #turn(isLost: boolean): number {
    if (isLost === this.#isLost) return 0;
    this.#isLost = isLost;
    if (!isLost) this.#errors.clear();
    return 1;
  }

  #countError(error: string): number {
    const { toldAt, untold } = this.#errors.get(error) ?? { toldAt: -Infinity, untold: 0 };
    const now = performance.now();
    const isTold = now - toldAt >= TOLD_EVERY_MS;
    if (this.#errors.size >= MAX_ERRORS) this.#errors.clear();
    this.#errors.set(error, isTold ? { toldAt: now, untold: 0 } : { toldAt, untold: untold + 1 });
    return isTold ? untold + 1 : 0;
  }
}
