import type { Database } from '../database';
import { rows } from '../sql';

const PRUNE_BATCH = 5_000;
/** Of one call: the rest is left for the next. */
const MAX_BATCHES = 200;

/** Keeps the history of health to its size. What it costs depends on what is too old, not on what is registered. */
export class HealthRetention {
  constructor(private readonly database: Database) {}

  /**
   * Makes the partitions of the days to come, and removes results older than seven whole days and transitions and gaps
   * older than 400. `now` is the caller's clock: nothing goes that is not too old by PostgreSQL's clock as well. May be
   * called by several at once. `signal` ends it early, between two batches.
   */
  async keep(now: Date, signal?: AbortSignal): Promise<void> {
    const manager = this.database.ofAllTenants();
    await rows(manager, 'SELECT health_result_keep($1)', [now]);
    for (let batch = 1; batch <= MAX_BATCHES && !signal?.aborted; batch++) {
      const [{ pruned }] = (await rows<{ pruned: number }>(manager, 'SELECT health_history_prune($1, $2) AS pruned', [
        now,
        PRUNE_BATCH,
      ])) as [{ pruned: number }];
      if (pruned < PRUNE_BATCH) return;
    }
  }
}
