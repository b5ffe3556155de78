/** At most `max` calls in any period of `perMs` milliseconds. Both are integers of at least 1. */
export interface CallLimit {
  readonly max: number;
  readonly perMs: number;
}

/** How many calls a vendor allows one account. */
export interface CallBudget {
  /**
   * The account that the vendor counts calls for: an app's installation or a user. Integrations of a tenant with the
   * same provider, endpoint and account share the budget. Contains no secret. Null if only the credential identifies
   * the account: then integrations with the same `authRef` share the budget.
   */
  readonly account: readonly string[] | null;
  /** Limits by kind of call. The plugin chooses the names of the kinds; a kind that is not listed is not limited. */
  readonly limits: Readonly<Record<string, readonly CallLimit[]>>;
  /** Kinds that the vendor counts separately: they can be used up while all other kinds still go on, and vice versa. */
  readonly apart?: readonly string[];
}

/** Enforces the call budget for one operation. */
export interface CallGate {
  /**
   * Call it before each call that counts. Resolves if the call may be made now. Throws ProviderError `rate_limited`
   * with `retryAfterMs` otherwise; the plugin must not catch it. The operation then keeps its place and starts over
   * when its turn comes.
   */
  spend(kind: string): Promise<void>;
  /**
   * Call it when the vendor asks the account to pause for `ms` milliseconds. All operations of the account then pause;
   * if `kind` is counted separately, only calls of that kind do.
   */
  hold(ms: number, kind?: string): void;
}
