/** A claimed lane, with its state before the claim. */
interface Taken {
  /** True if the lane was released once with operations left. Claims look for such lanes separately. */
  readonly served: boolean;
  readonly readyAt: Date;
}

/** From which ready time to look for lanes, not served yet or served before; null for the beginning. */
interface Since {
  readonly fresh: Date | null;
  readonly served: Date | null;
}

const BEGINNING: Since = { fresh: null, served: null };
/** Allowance for transactions in flight: a lane's due time is older than the commit that makes it visible. */
const LATE_COMMIT_MS = 2_000;
/** Interval of full scans, for even later commits and for lanes skipped because they were locked or on hold. */
const FULL_SCAN_EVERY_MS = 10_000;

/**
 * The ready time from which a dispatcher looks for due lanes. PostgreSQL's index keeps dead entries of lanes that were due
 * until vacuum removes them, and any open transaction, such as a backup, delays vacuum. Looking from the beginning each
 * time would read all dead entries each time.
 */
export class LookBack {
  #since = BEGINNING;
  #fullScanAt = -Infinity;

  since(): Since {
    if (performance.now() - this.#fullScanAt < FULL_SCAN_EVERY_MS) return this.#since;
    this.#fullScanAt = performance.now();
    return (this.#since = BEGINNING);
  }

  /** Call after a claim of at most `limit` lanes; `now` is PostgreSQL's time of the claim. */
  scanned(now: Date, taken: readonly Taken[], limit: number): void {
    const seen = now.getTime() - LATE_COMMIT_MS;
    const { fresh, served } = this.#since;
    const isComplete = taken.length < limit;
    this.#since = isComplete
      ? { fresh: new Date(seen), served: new Date(seen) }
      : { fresh: lastOf(taken, false, seen) ?? fresh, served: lastOf(taken, true, seen) ?? served };
  }
}

/** The last ready time itself, and not a later one: other lanes may have become ready at the same moment. */
function lastOf(taken: readonly Taken[], served: boolean, seen: number): Date | undefined {
  const times = taken.filter((lane) => lane.served === served).map(({ readyAt }) => readyAt.getTime());
  return times.length === 0 ? undefined : new Date(Math.min(seen, Math.max(...times)));
}
