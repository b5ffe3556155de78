import type { Database } from '../database';
import { rows } from '../sql';

const PRUNE_BATCH = 5_000;
/** Limit of one call; the rest is left for the next. */
const MAX_BATCHES = 200;

/** Keeps the health history from growing. The cost depends on how much is too old, not on how much is registered. */
export class HealthRetention {
  constructor(private readonly database: Database) {}

  /**
   * Creates the partitions of the coming days. Removes results older than seven whole days, and transitions and gaps older
   * than 400. `now` is the caller's clock; a row goes only if it is too old by PostgreSQL's clock as well. Safe to call
   * concurrently. `signal` ends the call early, between two batches.
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
