import { Recurrences } from '@integrations/telemetry';
import { PermissionViolationError, type Status } from '@nats-io/transport-node';
import { isInbox } from './rpc/inbox';

/**
 * Decides which statuses of a connection to log. A server that refuses the user, for example while a password is changed on
 * one side only, ends each attempt with an error and a disconnect, several times a second. A missing permission produces an
 * error at each attempt to use it.
 */
export class StatusThrottle {
  readonly #errors = new Recurrences();
  #isLost = false;

  /** How often the status has occurred since it was last logged; 0 if it must not be logged now. */
  count(status: Status): number {
    if (status.type === 'error') return this.#errors.count(kindOf(status.error));
    if (status.type === 'disconnect') return this.#change(true);
    if (status.type === 'reconnect') return this.#change(false);
    return 1;
  }

  /** Counts changes only: the client library reports a reconnect for each connection that was then refused. */
  #change(isLost: boolean): number {
    if (isLost === this.#isLost) return 0;
    this.#isLost = isLost;
    if (!isLost) this.#errors.clear();
    return 1;
  }
}

/**
 * Groups similar errors. Replies, acknowledgements and inboxes each have a unique subject but share its first two tokens.
 * The error's message cannot be used: it contains the subscription number, which changes with each subscription.
 */
function kindOf(error: Error): string {
  if (!(error instanceof PermissionViolationError)) return `${error.name} ${error.message}`;
  const { operation, subject } = error;
  const isOneOfMany = operation === 'publish' || isInbox(subject);
  return `${operation} ${isOneOfMany ? subject.split('.', 2).join('.') : subject}`;
}
