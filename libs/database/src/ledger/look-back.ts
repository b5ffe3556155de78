/** A lane that was claimed, as it was before. */
interface Taken {
  /** It gave its place to others once; such lanes are looked for apart. */
  readonly served: boolean;
  readonly readyAt: Date;
}

/** Null: from the beginning. */
interface Since {
  readonly anew: Date | null;
  readonly served: Date | null;
}

const BEGINNING: Since = { anew: null, served: null };
/** What is due by a commit is older than that by the time that its transaction took. */
const LATE_COMMIT_MS = 2_000;
/** For what comes later still, and for lanes that were passed over: locked just then, or held for their credential. */
const WHOLE_EVERY_MS = 10_000;

/**
 * Since when a dispatcher has to look for lanes that are due. PostgreSQL's index keeps the old places of all that were until
 * a vacuum may remove them, which any transaction that stays open puts off, a backup's for one. Who looked from the beginning
 * each time would read all of these each time.
 */
export class LookBack {
  #since = BEGINNING;
  #wholeAt = -Infinity;

  since(): Since {
    if (performance.now() - this.#wholeAt < WHOLE_EVERY_MS) return this.#since;
    this.#wholeAt = performance.now();
    return (this.#since = BEGINNING);
  }

  /** After a claim of at most `limit` lanes at `now`, which is PostgreSQL's. */
  looked(now: Date, taken: readonly Taken[], limit: number): void {
    const seen = now.getTime() - LATE_COMMIT_MS;
    const { anew, served } = this.#since;
    const isAll = taken.length < limit;
    this.#since = isAll
      ? { anew: new Date(seen), served: new Date(seen) }
      : { anew: lastOf(taken, false, seen) ?? anew, served: lastOf(taken, true, seen) ?? served };
  }
}

/** Others may have been ready at the same time. */
function lastOf(taken: readonly Taken[], served: boolean, seen: number): Date | undefined {
  const times = taken.filter((lane) => lane.served === served).map(({ readyAt }) => readyAt.getTime());
  return times.length === 0 ? undefined : new Date(Math.min(seen, Math.max(...times)));
}
