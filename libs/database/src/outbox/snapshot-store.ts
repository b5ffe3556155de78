import type { HealthRow } from '../catalog/health.repository';
import type { IntegrationRow } from '../catalog/integration.repository';
import type { Session } from '../session';

type Told = Pick<
  IntegrationRow,
  | ('tenantId' | 'name' | 'description' | 'type' | 'provider' | 'endpoint' | 'tags' | 'enabled' | 'intervalSeconds')
  | ('maintenanceUntil' | 'maintenanceReason' | 'generation' | 'createdAt' | 'updatedAt')
>;
type Health = Pick<HealthRow, 'status' | 'code' | 'message' | 'since' | 'checkedAt' | 'flapping' | 'latencyMs'>;

/** What may be told of an integration, as of the event with `sequence`. */
export interface IntegrationState extends Told {
  readonly integrationId: string;
  readonly sequence: number;
  /** Null until the first probe. */
  readonly health: Health | null;
}

/** The last sequence of an integration's events, and whether there is an integration any more. */
export interface LastSequence {
  readonly integrationId: string;
  readonly tenantId: string | null;
  readonly last: number;
  readonly live: boolean;
}

export interface Wanted {
  readonly integrationId: string;
  /** Up to which sequence all of its events are published; null: nobody knows. */
  readonly published: number | null;
}

export interface ReadStates {
  readonly states: readonly IntegrationState[];
  /** Their state is ahead of the stream: events that changed it are still to be published. */
  readonly pending: ReadonlySet<string>;
}

type ReadRow = Omit<IntegrationState, 'health'> &
  Omit<Health, 'status'> & {
    readonly status: Health['status'] | null;
    readonly isPending: boolean;
    readonly live: boolean;
  };

/** The SQL of the snapshots, on the session of the relay. */
export class SnapshotStore {
  constructor(private readonly session: Session) {}

  /**
   * One statement and so one moment, for the state and for what is known of its events. Deleted ones have no state. Of a
   * busy one the index of what is unpublished keeps the places of all that was for as long as any transaction stays open.
   */
  async read(integrations: readonly Wanted[]): Promise<ReadStates> {
    const { rows } = await this.session.query<ReadRow>(
      `WITH wanted AS (SELECT * FROM unnest($1::uuid[], $2::bigint[]) AS wanted (id, published)),
       unpublished AS (
         -- Only what changes something, as its index says it: PostgreSQL would rather read all that has no sequence.
         SELECT integration_id, event, sequence FROM outbox
         WHERE coalesce(sequence, 0) = 0 AND event NOT LIKE 'annotation\\_%' AND integration_id = ANY($1)
         UNION ALL
         SELECT integration_id, event, sequence FROM outbox
         WHERE sequence IS NOT NULL AND published_at IS NULL
           AND integration_id = ANY(ARRAY(SELECT id FROM wanted WHERE published IS NULL))
         UNION ALL
         SELECT newer.* FROM wanted CROSS JOIN LATERAL (
           SELECT integration_id, event, sequence FROM outbox
           WHERE published_at IS NULL AND integration_id = wanted.id AND sequence > wanted.published OFFSET 0
         ) AS newer
       ), waiting AS (
         -- What becomes of an annotation changes nothing of the integration.
         SELECT integration_id, bool_or(event NOT LIKE 'annotation\\_%') AS changes, min(sequence) AS next
         FROM unpublished JOIN wanted ON wanted.id = integration_id GROUP BY integration_id
       )
       SELECT wanted.id AS "integrationId", coalesce(waiting.changes, false) AS "isPending", i.id IS NOT NULL AS live,
              coalesce(waiting.next - 1, s.last, 0) AS sequence,
              i.tenant_id AS "tenantId", i.name, i.description, i.type, i.provider, i.endpoint, i.tags, i.enabled,
              i.interval_seconds AS "intervalSeconds", i.maintenance_until AS "maintenanceUntil",
              i.maintenance_reason AS "maintenanceReason", i.generation, i.created_at AS "createdAt",
              i.updated_at AS "updatedAt", h.status, h.code, h.message, h.since, h.checked_at AS "checkedAt",
              h.flapping, h.latency_ms AS "latencyMs"
       FROM wanted
       LEFT JOIN waiting ON waiting.integration_id = wanted.id
       LEFT JOIN event_sequence s ON s.integration_id = wanted.id
       LEFT JOIN integration i ON i.id = wanted.id AND i.deleted_at IS NULL
       LEFT JOIN integration_health h ON h.integration_id = i.id`,
      [integrations.map(({ integrationId }) => integrationId), integrations.map(({ published }) => published)],
    );
    return {
      states: rows.filter(({ live, isPending }) => live && !isPending).map(toState),
      pending: new Set(rows.filter(({ isPending }) => isPending).map(({ integrationId }) => integrationId)),
    };
  }

  /** Of all integrations that ever had an event, a page by id; begin with `after` null. */
  async lastSequences(after: string | null, limit: number): Promise<LastSequence[]> {
    const { rows } = await this.session.query<LastSequence>(
      `SELECT s.integration_id AS "integrationId", s.last, i.tenant_id AS "tenantId",
              i.id IS NOT NULL AND i.deleted_at IS NULL AS live
       FROM event_sequence s LEFT JOIN integration i ON i.id = s.integration_id
       WHERE $1::uuid IS NULL OR s.integration_id > $1
       ORDER BY s.integration_id LIMIT $2`,
      [after, limit],
    );
    return rows;
  }
}

function toState({ isPending: _, live: __, ...row }: ReadRow): IntegrationState {
  const { status, code, message, since, checkedAt, flapping, latencyMs, ...state } = row;
  const health = status && { status, code, message, since, checkedAt, flapping, latencyMs };
  return { ...state, health };
}
