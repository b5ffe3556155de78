import type { ProbeLease, WantedProbes } from '@integrations/database';

type Lane = Pick<WantedProbes, 'provider' | 'slow'>;

/** A due time becomes visible at commit but may be as old as the start of its transaction, which this allows for. */
const LATE_COMMIT_MS = 2_000;
/** Catches due times that become visible later still, or are long past when they are written. */
const WHOLE_EVERY_MS = 60_000;

/**
 * From when on each lane must be searched for due targets. PostgreSQL's index keeps the entries of past due times until
 * a vacuum may remove them, and any open transaction, such as a backup's, delays that. A search from the beginning
 * would read all those entries each time.
 */
export class LookBack {
  readonly #since = new Map<string, Date>();
  readonly #wholeAt = new Map<string, number>();

  /** Null: search from the beginning. */
  of(lane: Lane): Date | null {
    const name = laneOf(lane);
    const wholeAt = this.#wholeAt.get(name) ?? -Infinity;
    return performance.now() - wholeAt < WHOLE_EVERY_MS ? (this.#since.get(name) ?? null) : null;
  }

  /**
   * Notes a claim made at `now`, and the leases that it took of the lane. If hosts were passed over, the search
   * position stays, because some of their targets may still be due.
   */
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
