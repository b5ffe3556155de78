/** At most `max` calls in any `perMs` milliseconds; both are whole numbers from 1. */
export interface CallLimit {
  readonly max: number;
  readonly perMs: number;
}

/** What a vendor lets one account do. */
export interface CallBudget {
  /**
   * Whom the vendor counts for: an app's installation, a user. Integrations of a tenant with the same provider, endpoint
   * and account share the budget. Holds no secret. Null where only the credential tells: those with the same `authRef` do.
   */
  readonly account: readonly string[] | null;
  /** By kind of call, which the plugin names as it likes. A kind that is not here is not limited. */
  readonly limits: Readonly<Record<string, readonly CallLimit[]>>;
  /** Those kinds that the vendor counts apart: they can be used up while all others go on, and the other way round. */
  readonly apart?: readonly string[];
}

/** Where a plugin asks, for one operation, before it makes calls that count. */
export interface CallGate {
  /**
   * Resolves when the call may be made at once. Throws ProviderError `rate_limited` with `retryAfterMs`, which the plugin
   * lets through: the operation begins anew when its turn has come, and keeps its place until then.
   */
  spend(kind: string): Promise<void>;
  /**
   * The vendor has let us know that the account must pause for so many milliseconds. All its operations do; with a kind
   * that is counted apart, only calls of that kind.
   */
  hold(ms: number, kind?: string): void;
}
