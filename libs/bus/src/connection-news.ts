import { Recurrences } from '@integrations/telemetry';
import { PermissionViolationError, type Status } from '@nats-io/transport-node';
import { isInbox } from './rpc/inbox';

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

/**
 * Each reply, each acknowledgement and each inbox has a subject of its own, whose first two words they share. The message has
 * the number of the subscription, which is another each time that a subject is subscribed to.
 */
function kindOf(error: Error): string {
  if (!(error instanceof PermissionViolationError)) return `${error.name} ${error.message}`;
  const { operation, subject } = error;
  const isOneOfMany = operation === 'publish' || isInbox(subject);
  return `${operation} ${isOneOfMany ? subject.split('.', 2).join('.') : subject}`;
}
