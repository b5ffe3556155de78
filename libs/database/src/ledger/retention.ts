import type { Database } from '../database';
import { rows } from '../sql';
import { PARKED } from './states';

/** Small, because a request may have megabytes. */
const PRUNE_BATCH = 500;
/** Limit of one call; the rest is left for the next. */
const MAX_BATCHES = 2_000;
/** Limit of one call, too. */
const MAX_PRUNED_TURNS = 100_000;

export interface RetentionOptions {
  /** How many days ago an operation must have ended. */
  readonly days: number;
  /** Ends the call early, between two batches. */
  readonly signal: AbortSignal;
}

interface Cursor {
  readonly finishedAt: Date;
  readonly id: string;
}

const BEGIN: Cursor = { finishedAt: new Date(0), id: '00000000-0000-0000-0000-000000000000' };

/** Keeps the ledger from growing. The cost depends on how many rows are too old, not on the size of the ledger. */
export class LedgerRetention {
  constructor(private readonly database: Database) {}

  /**
   * Removes operations that ended at least `days` days ago, the oldest first, except those by which other operations are
   * still judged. Also removes calls that counted towards a rate limit that long ago: no limit has so long a window. `now`
   * is the caller's clock; a row goes only if it is too old by PostgreSQL's clock as well. Safe to call concurrently.
   */
  async keep(now: Date, { days, signal }: RetentionOptions): Promise<void> {
    await rows(this.database.ofAllTenants(), PRUNE_TURNS, [now, days, MAX_PRUNED_TURNS]);
    let from = BEGIN;
    for (let batch = 1; batch <= MAX_BATCHES && !signal.aborted; batch++) {
      const [last] = await rows<Cursor & { examined: number }>(this.database.ofAllTenants(), PRUNE, [
        now,
        days,
        from.finishedAt,
        from.id,
        PRUNE_BATCH,
      ]);
      if (!last || last.examined < PRUNE_BATCH) return;
      from = last;
    }
  }
}

const TOO_OLD = `least($1, now()) - $2 * interval '1 day'`;

/** Condition: an earlier operation of the lane is not posted yet, and this one decides whether that is outdated. */
const OUTDATES_PENDING = `(${exists('w', `w.lane = o.lane AND w.position < o.position AND ${PARKED}`)}
  OR ${exists('w', `w.lane = o.lane AND w.position < o.position AND w.state IN ('queued', 'running')`)})`;

const OF_SAME_KEY = `n.lane = o.lane AND n.operation = o.operation AND n.upsert_key = o.upsert_key`;

/**
 * Condition: the operation has the highest revision under an upsertKey in use, or is its last success. The next operation
 * under the key is judged by that revision and compared with that success.
 */
const LAST_OF_KEY_IN_USE = `(o.upsert_key IS NOT NULL AND (o.revision IS NOT NULL OR o.state = 'succeeded')
  AND NOT ${exists(
    'n',
    `${OF_SAME_KEY} AND (o.revision IS NULL OR (n.revision, n.position) > (o.revision, o.position)) AND (
       o.state <> 'succeeded' OR n.state = 'succeeded' AND (n.finished_at, n.position) > (o.finished_at, o.position))`,
  )}
  AND ${exists('n', `${OF_SAME_KEY} AND (n.finished_at IS NULL OR n.finished_at >= ${TOO_OLD})`)})`;

/**
 * Examines the next batch and returns its last row. Waits for row locks instead of skipping them, so that an outdated
 * operation is removed before the newer one that made it outdated.
 */
const PRUNE = `
  WITH old AS MATERIALIZED (
    SELECT o.id, o.finished_at, ${OUTDATES_PENDING} OR ${LAST_OF_KEY_IN_USE} AS kept
    FROM annotation_operation o
    WHERE o.state IN ('succeeded', 'failed', 'superseded', 'cancelled') AND o.finished_at < ${TOO_OLD}
      AND (o.finished_at, o.id) > ($3, $4)
    ORDER BY o.finished_at, o.id LIMIT $5 FOR UPDATE
  ), pruned AS (
    DELETE FROM annotation_operation WHERE id = ANY (ARRAY(SELECT id FROM old WHERE NOT kept))
  )
  SELECT finished_at AS "finishedAt", id, count(*) OVER () AS examined FROM old
  ORDER BY finished_at DESC, id DESC LIMIT 1`;

/**
 * A credential in use loses its old turns at its next call, so the remaining old turns belong to credentials that are no
 * longer used. Skips locked rows, so as not to wait for a call.
 */
const PRUNE_TURNS = `
  DELETE FROM annotation_turn WHERE ctid = ANY (ARRAY(
    SELECT ctid FROM annotation_turn WHERE at < ${TOO_OLD} LIMIT $3 FOR UPDATE SKIP LOCKED))`;

/** An EXISTS that PostgreSQL evaluates per row by index. Without the OFFSET it may read the whole table first instead. */
function exists(alias: string, condition: string): string {
  return `EXISTS (SELECT FROM annotation_operation ${alias} WHERE ${condition} OFFSET 0)`;
}
