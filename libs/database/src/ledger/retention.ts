import type { Database } from '../database';
import { rows } from '../sql';
import { PARKED } from './states';

/** Small, because a request may be of megabytes. */
const PRUNE_BATCH = 500;
/** Of one call: the rest is left for the next. */
const MAX_BATCHES = 2_000;
/** Of one call, too. */
const MAX_TURNS = 100_000;

export interface Keeping {
  /** How long ago an operation must have ended. */
  readonly days: number;
  /** Ends it early, between two batches. */
  readonly signal: AbortSignal;
}

interface Place {
  readonly finishedAt: Date;
  readonly id: string;
}

const BEGIN: Place = { finishedAt: new Date(0), id: '00000000-0000-0000-0000-000000000000' };

/** Keeps the ledger to its size. What it costs depends on what is too old, not on what is there. */
export class LedgerRetention {
  constructor(private readonly database: Database) {}

  /**
   * Removes operations that ended so many days ago, the oldest first, but for those that others are still judged by, and
   * calls that counted for a rate limit so long ago: none lasts that long. `now` is the caller's clock: nothing goes that is
   * not too old by PostgreSQL's clock as well. May be called by several at once.
   */
  async keep(now: Date, { days, signal }: Keeping): Promise<void> {
    await rows(this.database.ofAllTenants(), PRUNE_TURNS, [now, days, MAX_TURNS]);
    let from = BEGIN;
    for (let batch = 1; batch <= MAX_BATCHES && !signal.aborted; batch++) {
      const [last] = await rows<Place & { looked: number }>(this.database.ofAllTenants(), PRUNE, [
        now,
        days,
        from.finishedAt,
        from.id,
        PRUNE_BATCH,
      ]);
      if (!last || last.looked < PRUNE_BATCH) return;
      from = last;
    }
  }
}

const TOO_OLD = `least($1, now()) - $2 * interval '1 day'`;

/** While something before it in its lane is not posted yet, it tells whether that is outdated. */
const NEWER_THAN_WHAT_WAITS = `(${some('w', `w.lane = o.lane AND w.position < o.position AND ${PARKED}`)}
  OR ${some('w', `w.lane = o.lane AND w.position < o.position AND w.state IN ('queued', 'running')`)})`;

const OF_SAME_KEY = `n.lane = o.lane AND n.operation = o.operation AND n.upsert_key = o.upsert_key`;

/**
 * As long as an upsertKey is in use, the highest revision under it is known, and what last succeeded: the next is judged by
 * the one and compared with the other.
 */
const LAST_OF_KEY_IN_USE = `(o.upsert_key IS NOT NULL AND (o.revision IS NOT NULL OR o.state = 'succeeded')
  AND NOT ${some(
    'n',
    `${OF_SAME_KEY} AND (o.revision IS NULL OR (n.revision, n.position) > (o.revision, o.position)) AND (
       o.state <> 'succeeded' OR n.state = 'succeeded' AND (n.finished_at, n.position) > (o.finished_at, o.position))`,
  )}
  AND ${some('n', `${OF_SAME_KEY} AND (n.finished_at IS NULL OR n.finished_at >= ${TOO_OLD})`)})`;

/**
 * Looks at the next so many, and answers the last of them. It waits for whoever just changes one of them, so that what was
 * outdated by another goes before that.
 */
const PRUNE = `
  WITH old AS MATERIALIZED (
    SELECT o.id, o.finished_at, ${NEWER_THAN_WHAT_WAITS} OR ${LAST_OF_KEY_IN_USE} AS stays
    FROM annotation_operation o
    WHERE o.state IN ('succeeded', 'failed', 'superseded', 'cancelled') AND o.finished_at < ${TOO_OLD}
      AND (o.finished_at, o.id) > ($3, $4)
    ORDER BY o.finished_at, o.id LIMIT $5 FOR UPDATE
  ), pruned AS (
    DELETE FROM annotation_operation WHERE id = ANY (ARRAY(SELECT id FROM old WHERE NOT stays))
  )
  SELECT finished_at AS "finishedAt", id, count(*) OVER () AS looked FROM old
  ORDER BY finished_at DESC, id DESC LIMIT 1`;

/** Those of a credential in use go at its next call: what is left is of those that are gone. Whoever makes one is not waited for. */
const PRUNE_TURNS = `
  DELETE FROM annotation_turn WHERE ctid = ANY (ARRAY(
    SELECT ctid FROM annotation_turn WHERE at < ${TOO_OLD} LIMIT $3 FOR UPDATE SKIP LOCKED))`;

/** Looked for by an index, for each one again: without the OFFSET, PostgreSQL may read the whole table first instead. */
function some(alias: string, condition: string): string {
  return `EXISTS (SELECT FROM annotation_operation ${alias} WHERE ${condition} OFFSET 0)`;
}
