/** A failed statement or connection. Carries no SQL and no parameters: they hold requests, configurations and ciphertexts. */
export class DatabaseError extends Error {
  override readonly name = 'DatabaseError';

  constructor(
    message: string,
    /** SQLSTATE, or the code of the network error. */
    readonly code: string | null,
    readonly constraint: string | null,
  ) {
    super(message);
  }
}

export function readOnlyServer(): DatabaseError {
  return new DatabaseError('the server accepts no writes, like a standby that has not been promoted', '25006', null);
}

/** Another live integration of the tenant has this name; case is ignored. The transaction cannot go on. */
export class NameTaken extends Error {
  override readonly name = 'NameTaken';

  constructor(readonly taken: string) {
    super(`the name "${taken}" is in use by another integration`);
  }
}

/** The lane has a new holder, or no longer exists. Results obtained under the lost lease must not be written. */
export class LeaseLost extends Error {
  override readonly name = 'LeaseLost';

  constructor(readonly lane: string) {
    super(`the lease on lane ${lane} is lost`);
  }
}

/** The cursor was not issued by this service. */
export class InvalidCursor extends Error {
  override readonly name = 'InvalidCursor';

  constructor() {
    super('the cursor is not the nextCursor of an earlier page');
  }
}

/**
 * Codes of network errors, and SQLSTATEs of a server that:
 * - is unreachable, starting, stopping, or refuses the login;
 * - is out of connections, disk or memory;
 * - ended an idle session, or a transaction that idled or lasted too long, as happens to a process that was frozen;
 * - accepts no writes, as a standby before its promotion.
 */
const UNAVAILABLE = /^(?:08\w{3}|28\w{3}|57P0[1-35]|25P0[34]|53\w{3}|25006|E[A-Z_]+)$/;

/** SQLSTATEs of statements that were rolled back: serialization failure, deadlock, lock timeout, statement timeout. */
const ROLLED_BACK = /^(?:40001|40P01|55P03|57014)$/;

/** PostgreSQL is unreachable or shutting down, so a retry may succeed. A failed write may still have been committed. */
export function isUnavailable(error: unknown): error is DatabaseError {
  if (!(error instanceof DatabaseError)) return false;
  // Connection errors that pg raises itself have no code.
  return error.code === null ? /\bconnect/i.test(error.message) : UNAVAILABLE.test(error.code);
}

/** The message for callers whose retry may succeed; null if the error does not suggest that. */
export function retryHint(error: unknown): string | null {
  if (isUnavailable(error)) return 'the database cannot be reached; try again';
  const rolledBack = error instanceof DatabaseError && ROLLED_BACK.test(error.code ?? '');
  return rolledBack ? 'the database is busy; try again' : null;
}

export function isUniqueViolation(error: unknown, constraint: string): boolean {
  return error instanceof DatabaseError && error.code === '23505' && error.constraint === constraint;
}
