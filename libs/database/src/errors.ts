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

export function isUniqueViolation(error: unknown, constraint: string): boolean {
  return error instanceof DatabaseError && error.code === '23505' && error.constraint === constraint;
}
