import { Recurrences } from '@integrations/telemetry';
import { PermissionViolationError, type Status } from '@nats-io/transport-node';

/**
 * What of the statuses of a connection is to be told. A server that refuses its user, as while a password is changed on one
 * side only, ends each attempt with an error and a disconnect: several in a second, for as long as it takes. What it keeps a
 * user from is refused as often as that is tried.
 */
export class ConnectionNews {
  readonly #errors = new Recurrences();
  #isLost = false;

  /** How often it has come since it was told last; 0: it is not to be told now. */
  count(status: Status): number {
    if (status.type === 'error') return this.#errors.count(kindOf(status.error));
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
}

/** Each reply and each acknowledgement has a subject of its own, whose first two words they share. */
function kindOf(error: Error): string {
  const isPublish = error instanceof PermissionViolationError && error.operation === 'publish';
  return `${error.name} ${isPublish ? error.subject.split('.', 2).join('.') : error.message}`;
}
