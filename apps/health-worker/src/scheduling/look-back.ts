import type { ProbeLease, WantedProbes } from '@integrations/database';

type Lane = Pick<WantedProbes, 'provider' | 'slow'>;

/** What is due by a commit is older than that by the time that its transaction took. */
const LATE_COMMIT_MS = 2_000;
/** For what comes later still, or is due at a moment that has long passed. */
const WHOLE_EVERY_MS = 60_000;

/**
 * Since when each lane has to be looked through for what is due. PostgreSQL's index keeps the old place of all that has been
 * due until a vacuum may remove it, which any transaction that stays open puts off, a backup's for one. Who looked from the
 * beginning each time would read all of that each time.
 */
export class LookBack {
  readonly #since = new Map<string, Date>();
  readonly #wholeAt = new Map<string, number>();

  /** Null: from the beginning. */
  of(lane: Lane): Date | null {
    const name = laneOf(lane);
    const wholeAt = this.#wholeAt.get(name) ?? -Infinity;
    return performance.now() - wholeAt < WHOLE_EVERY_MS ? (this.#since.get(name) ?? null) : null;
  }

  /** After a claim at `now`, with what it took of the lane. Hosts that were passed over may have left something behind. */
  looked(lane: WantedProbes, now: Date, leases: readonly ProbeLease[], passedHostsOver: boolean): void {
    const name = laneOf(lane);
    if (!lane.since) this.#wholeAt.set(name, performance.now());
    if (passedHostsOver) return;
    const lastMs = leases.length === lane.limit ? (leases.at(-1)?.lagMs ?? 0) : 0;
    this.#since.set(name, new Date(now.getTime() - Math.max(lastMs, LATE_COMMIT_MS)));
  }
}

export function laneOf({ provider, slow }: Lane): string {
  return `${provider} ${slow}`;
}
