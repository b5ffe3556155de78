import type { HealthRow } from '../catalog/health.repository';
import type { IntegrationRow } from '../catalog/integration.repository';
import type { Session } from '../session';

type PublicFields = Pick<
  IntegrationRow,
  | ('tenantId' | 'name' | 'description' | 'type' | 'provider' | 'endpoint' | 'tags' | 'enabled' | 'intervalSeconds')
  | ('maintenanceUntil' | 'maintenanceReason' | 'generation' | 'createdAt' | 'updatedAt')
>;
type Health = Pick<HealthRow, 'status' | 'code' | 'message' | 'since' | 'checkedAt' | 'flapping' | 'latencyMs'>;

/** The public state of an integration, as of the event with `sequence`. */
export interface IntegrationState extends PublicFields {
  readonly integrationId: string;
  readonly sequence: number;
  /** Null until the first probe. */
  readonly health: Health | null;
}

/** The last sequence of an integration's events, and whether the integration still exists. */
export interface LastSequence {
  readonly integrationId: string;
  readonly tenantId: string | null;
  readonly last: number;
  readonly live: boolean;
}

export interface Wanted {
  readonly integrationId: string;
  /** The sequence up to which all of its events are published; null if unknown. */
  readonly published: number | null;
}

export interface ReadStates {
  readonly states: readonly IntegrationState[];
  /** Integrations whose state is ahead of the stream: events that changed it are not published yet. */
  readonly pending: ReadonlySet<string>;
}

type ReadRow = Omit<IntegrationState, 'health'> &
  Omit<Health, 'status'> & {
    readonly status: Health['status'] | null;
    readonly isPending: boolean;
    readonly live: boolean;
  };

/** The SQL of the snapshots, on the relay's session. */
export class SnapshotStore {
  constructor(private readonly session: Session) {}

  /**
   * Reads state and events in one statement, and so as of one moment. Deleted integrations have no state. For a busy
   * integration, the index of unpublished events keeps dead entries while any transaction stays open; `published` skips
   * them.
   */
  async read(integrations: readonly Wanted[]): Promise<ReadStates> {
    const { rows } = await this.session.query<ReadRow>(
      `WITH wanted AS (SELECT * FROM unnest($1::uuid[], $2::bigint[]) AS wanted (id, published)),
       unpublished AS (
         -- Only events that change something, in the words of the index outbox_changes. With a plain IS NULL, PostgreSQL
         -- would rather read all events without a sequence.
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
         -- Annotation events do not change the integration.
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

  /** A page, by id, of all integrations that ever had an event. Begin with `after` null. */
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
