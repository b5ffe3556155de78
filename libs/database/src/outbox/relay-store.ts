import type { Session } from '../session';
import { LookBack } from './look-back';
import type { SequencedEvent } from './message';

/** Position of an event among the events of its integration. */
export interface EventPosition {
  readonly integrationId: string;
  readonly sequence: number;
}

/** An arbitrary advisory lock key, unique in this project. */
const RELAY_LOCK = 7_302_002;
const PRUNE_BATCH = 5_000;
/** PostgreSQL ends the session of a leader that is silent for this long, and so frees the lock of a frozen process. */
const IDLE_TIMEOUT_MS = 10_000;
/** More events than one integration can have between a backup and its restore. */
const SEQUENCE_GAP = 1_000_000;
const EVENT = `id, event_id AS "eventId", tenant_id AS "tenantId", integration_id AS "integrationId", type, provider, event,
  generation, data, traceparent, occurred_at AS "occurredAt", sequence`;

/**
 * The relay's SQL, all of it on the session that holds the advisory lock. A relay that lost its connection can therefore
 * assign no more sequences, and no other relay can until PostgreSQL has ended that session.
 */
export class RelayStore {
  readonly #lookBack: LookBack;

  constructor(private readonly session: Session) {
    this.#lookBack = new LookBack(session);
  }

  /** True if this session is the only relay from now until the session ends. */
  async lead(): Promise<boolean> {
    // Forces index scans. Without statistics, PostgreSQL would gather and sort all waiting events for each batch, and would
    // read the whole outbox for new events of an integration that has most of them.
    const { rows } = await this.session.query<{ leads: boolean }>(
      `SELECT pg_try_advisory_lock($1) AS leads, set_config('idle_session_timeout', '${IDLE_TIMEOUT_MS}', false),
              set_config('enable_bitmapscan', 'off', false), set_config('enable_seqscan', 'off', false)`,
      [RELAY_LOCK],
    );
    return rows[0]?.leads ?? false;
  }

  /** Sends empty statements until the returned function is called: publishing may take longer than IDLE_TIMEOUT_MS. */
  keepAlive(): () => void {
    const ping = () => void this.session.query('SELECT').catch(() => undefined);
    const timer = setInterval(ping, IDLE_TIMEOUT_MS / 4);
    return () => clearInterval(timer);
  }

  /**
   * True if the database lacks this published event, because it was restored to an earlier state. All
   * sequences then continue far above those assigned since that state: consumers would mistake events under reused
   * sequences for ones they have seen.
   */
  async skipLostSequences({ integrationId, sequence }: EventPosition): Promise<boolean> {
    // No timeout: with a million integrations this takes half a minute. If it fails, the caller ends the session.
    await this.session.query('BEGIN; SET LOCAL statement_timeout = 0');
    const { rowCount } = await this.session.query(
      `INSERT INTO event_sequence AS s (integration_id, last)
       SELECT integration_id, $2::bigint + ${SEQUENCE_GAP} FROM (
         SELECT $1::uuid AS integration_id UNION SELECT integration_id FROM event_sequence
         UNION SELECT integration_id FROM outbox WHERE sequence IS NULL
       ) AS known
       WHERE NOT EXISTS (SELECT FROM event_sequence WHERE integration_id = $1 AND last >= $2)
       ON CONFLICT (integration_id) DO UPDATE SET last = greatest(s.last + ${SEQUENCE_GAP}, excluded.last)`,
      [integrationId, sequence],
    );
    await this.session.query('COMMIT');
    return (rowCount ?? 0) > 0;
  }

  /**
   * Assigns sequences to the oldest events without one, gapless for each integration, commits, and returns the events in
   * order of id. An event then keeps its sequence, however often it is published. The query looks for events without a
   * sequence, not for ids above the last one, because ids become visible out of order. The lower bound of LookBack only
   * skips ids that are known to have a sequence.
   */
  async sequence(limit: number): Promise<SequencedEvent[]> {
    const { after, open } = await this.#lookBack.begin();
    const { rows } = await this.session.query<SequencedEvent>(
      `WITH batch AS MATERIALIZED (
         SELECT id, integration_id,
                row_number() OVER (PARTITION BY integration_id ORDER BY id) AS nth,
                count(*) OVER (PARTITION BY integration_id) AS size
         FROM (
           SELECT id, integration_id FROM outbox WHERE sequence IS NULL AND id > CASE WHEN EXISTS (
             SELECT FROM unnest($3::xid8[]) AS open (xid) WHERE pg_visible_in_snapshot(xid, pg_current_snapshot())
           ) THEN 0 ELSE $2::bigint END
           ORDER BY id LIMIT $1
         ) AS oldest
       ), counter AS (
         INSERT INTO event_sequence AS s (integration_id, last)
         SELECT DISTINCT integration_id, size FROM batch
         ON CONFLICT (integration_id) DO UPDATE SET last = s.last + excluded.last
         RETURNING integration_id, last
       ), sequenced AS (
         UPDATE outbox SET sequence = counter.last - batch.size + batch.nth
         FROM batch JOIN counter USING (integration_id)
         WHERE outbox.id = batch.id
         RETURNING outbox.*
       )
       SELECT ${EVENT} FROM sequenced ORDER BY id`,
      [limit, after, open],
    );
    this.#lookBack.scanned(rows, limit);
    return rows;
  }

  /** Events that have a sequence and are not known to be published, in order for each integration. */
  async unpublished(limit: number): Promise<SequencedEvent[]> {
    const { rows } = await this.session.query<SequencedEvent>(
      `SELECT ${EVENT} FROM outbox WHERE sequence IS NOT NULL AND published_at IS NULL
       ORDER BY integration_id, sequence LIMIT $1`,
      [limit],
    );
    return rows;
  }

  /** Does not wait for the disk: if a mark is lost, the event is published again with the same id and sequence. */
  async markPublished(ids: readonly number[]): Promise<void> {
    await this.session.query(
      `UPDATE outbox SET published_at = now() FROM set_config('synchronous_commit', 'off', true)
       WHERE id = ANY($1::bigint[])`,
      [ids],
    );
  }

  /** Removes a batch of events that were published more than `retentionMs` ago. True if some may be left. */
  async prune(retentionMs: number): Promise<boolean> {
    const { rowCount } = await this.session.query(
      // As an array, so that PostgreSQL finds each row by its key. With a subquery it reads the whole outbox to join it.
      `DELETE FROM outbox WHERE id = ANY (ARRAY(
         SELECT id FROM outbox WHERE published_at < now() - $1 * interval '1 millisecond'
         ORDER BY published_at LIMIT $2))`,
      [retentionMs, PRUNE_BATCH],
    );
    return rowCount === PRUNE_BATCH;
  }
}
