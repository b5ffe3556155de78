import type { Database } from '../database';
import { rows } from '../sql';
import type { Transaction } from '../transaction';

/** The right to probe an integration, until the lease runs out or the schedule is changed. */
export interface ProbeLease {
  readonly integrationId: string;
  readonly tenantId: string;
  readonly intervalSeconds: number;
  /** When the probe was due; the difference to now is the start lag. */
  readonly dueAt: Date;
  readonly leaseToken: string;
}

export interface CompletedProbe {
  readonly integrationId: string;
  readonly leaseToken: string;
  readonly nextDueAt: Date;
}

/** When each integration is probed next, and by whom just now. Times of leases are the database's. */
export class ProbeScheduleRepository {
  constructor(private readonly database: Database) {}

  /** Sets the schedule. A probe under way loses its lease: what it finds out is about an older configuration. */
  async put(
    integrationId: string,
    tenantId: string,
    intervalSeconds: number,
    dueAt: Date,
    tx?: Transaction,
  ): Promise<void> {
    await rows(
      this.database.manager(tx),
      `INSERT INTO probe_schedule (integration_id, tenant_id, interval_seconds, due_at) VALUES ($1, $2, $3, $4)
       ON CONFLICT (integration_id) DO UPDATE
       SET tenant_id = excluded.tenant_id, interval_seconds = excluded.interval_seconds, due_at = excluded.due_at,
           lease_until = NULL, lease_token = NULL`,
      [integrationId, tenantId, intervalSeconds, dueAt],
    );
  }

  async remove(integrationId: string, tx?: Transaction): Promise<void> {
    await rows(this.database.manager(tx), 'DELETE FROM probe_schedule WHERE integration_id = $1', [integrationId]);
  }

  /** Leases the longest due probes of all tenants, at most `limit`, that nobody holds. */
  claimDue({ limit, leaseMs }: { limit: number; leaseMs: number }): Promise<ProbeLease[]> {
    return rows<ProbeLease>(
      this.database.manager(),
      `WITH due AS (
         SELECT integration_id FROM probe_schedule
         WHERE greatest(due_at, lease_until) <= now()
         ORDER BY greatest(due_at, lease_until) LIMIT $1
         FOR UPDATE SKIP LOCKED
       )
       UPDATE probe_schedule s
       SET lease_until = now() + $2 * interval '1 millisecond', lease_token = gen_random_uuid()
       FROM due WHERE s.integration_id = due.integration_id
       RETURNING s.integration_id AS "integrationId", s.tenant_id AS "tenantId",
                 s.interval_seconds AS "intervalSeconds", s.due_at AS "dueAt", s.lease_token AS "leaseToken"`,
      [limit, leaseMs],
    );
  }

  /**
   * Ends leases and sets when each is due next. Answers the integrations whose lease still held; write results of
   * those only, and in the same transaction.
   */
  async complete(probes: readonly CompletedProbe[], tx?: Transaction): Promise<string[]> {
    const completed = await rows<{ id: string }>(
      this.database.manager(tx),
      `UPDATE probe_schedule s SET due_at = done.next_due_at, lease_until = NULL, lease_token = NULL
       FROM unnest($1::uuid[], $2::uuid[], $3::timestamptz[]) AS done (id, token, next_due_at)
       WHERE s.integration_id = done.id AND s.lease_token = done.token
       RETURNING s.integration_id AS id`,
      [
        probes.map(({ integrationId }) => integrationId),
        probes.map(({ leaseToken }) => leaseToken),
        probes.map(({ nextDueAt }) => nextDueAt),
      ],
    );
    return completed.map(({ id }) => id);
  }

  /** Gives leases back unused: the probes are due at once, for whoever comes. */
  async release(leases: readonly Pick<ProbeLease, 'integrationId' | 'leaseToken'>[]): Promise<void> {
    await rows(
      this.database.manager(),
      `UPDATE probe_schedule s SET lease_until = NULL, lease_token = NULL
       FROM unnest($1::uuid[], $2::uuid[]) AS held (id, token)
       WHERE s.integration_id = held.id AND s.lease_token = held.token`,
      [leases.map(({ integrationId }) => integrationId), leases.map(({ leaseToken }) => leaseToken)],
    );
  }
}
