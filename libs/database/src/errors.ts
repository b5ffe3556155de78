/** What PostgreSQL refused. Carries no statement and no parameters: those hold requests, configurations and ciphertexts. */
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

/** Of a server such as a standby that is not promoted. */
export function takesNoWrites(): DatabaseError {
  return new DatabaseError('the server takes no writes, as a standby that is not promoted', '25006', null);
}

/** Another live integration of the tenant has that name, in whatever case. The transaction is over. */
export class NameTaken extends Error {
  override readonly name = 'NameTaken';

  constructor(readonly taken: string) {
    super(`the name "${taken}" is in use by another integration`);
  }
}

/** Somebody else holds the lane since, or it is gone: whatever was done under the lease must not be written. */
export class LeaseLost extends Error {
  override readonly name = 'LeaseLost';

  constructor(readonly lane: string) {
    super(`the lease on lane ${lane} is lost`);
  }
}

/** The cursor is not one that a page of ours ended with. */
export class InvalidCursor extends Error {
  override readonly name = 'InvalidCursor';

  constructor() {
    super('the cursor is not the nextCursor of an earlier page');
  }
}

/**
 * SQLSTATEs of a server that is gone, starts, stops, refuses the login, has no connections, disk or memory left, has ended a
 * session for its silence or a transaction for its length, as of a process that was frozen, or, not being promoted yet, takes
 * no writes, and the codes of network errors.
 */
const UNAVAILABLE = /^(?:08\w{3}|28\w{3}|57P0[1-35]|25P0[34]|53\w{3}|25006|E[A-Z_]+)$/;

/** SQLSTATEs of what was given up and undone for the sake of others, or because it had to wait for too long. */
const GAVE_WAY = /^(?:40001|40P01|55P03|57014)$/;

/** PostgreSQL cannot be reached or is about to go: the same may work later. A write may have happened all the same. */
export function isUnavailable(error: unknown): error is DatabaseError {
  if (!(error instanceof DatabaseError)) return false;
  // What pg says of a connection by itself has no code.
  return error.code === null ? /\bconnect/i.test(error.message) : UNAVAILABLE.test(error.code);
}

/** What callers are told where the same may work later; null where nothing says so. */
export function whyAskAgain(error: unknown): string | null {
  if (isUnavailable(error)) return 'the database cannot be reached; ask again';
  const gaveWay = error instanceof DatabaseError && GAVE_WAY.test(error.code ?? '');
  return gaveWay ? 'the database is busy; ask again' : null;
}

export function isUniqueViolation(error: unknown, constraint: string): boolean {
  return error instanceof DatabaseError && error.code === '23505' && error.constraint === constraint;
}
