import { type ProbeCode, STALE_AFTER_INTERVALS } from '@integrations/contracts';
import type { Database } from '../database';
import { rows } from '../sql';
import type { Transaction } from '../transaction';

/** An integration whose credential the vendor refuses, as of the last look. */
export interface CredentialFailure {
  readonly integrationId: string;
  readonly tenantId: string;
  readonly generation: number;
  readonly unhealthySince: Date;
  /** When the failure was first noticed. */
  readonly since: Date;
}

/** The vendor refuses the credential. A secret that a store does not return is not included: the store may be at fault. */
const REFUSED = `h.status = 'unhealthy'
  AND h.code IN ('credential_missing', 'credential_invalid', 'credential_expired', 'credential_disabled')`;

const FAILING = `integration_health h
  JOIN integration i ON i.tenant_id = h.tenant_id AND i.id = h.integration_id
  WHERE ${REFUSED} AND i.enabled AND i.deleted_at IS NULL AND coalesce(i.maintenance_until <= now(), true)`;

/** Since when credentials of all tenants have been failing. Times follow the database clock. */
export class CredentialFailureRepository {
  constructor(private readonly database: Database) {}

  /** Records new failures, restarts those where something changed in between, and forgets those that are over. */
  async watch(): Promise<void> {
    const manager = this.database.ofAllTenants();
    await rows(
      manager,
      `INSERT INTO credential_failure AS f (integration_id, tenant_id, generation, unhealthy_since, since)
       SELECT i.id, i.tenant_id, i.generation, h.since, now() FROM ${FAILING} ORDER BY i.id
       ON CONFLICT (integration_id) DO UPDATE
       SET generation = excluded.generation, unhealthy_since = excluded.unhealthy_since, since = excluded.since
       WHERE (f.generation, f.unhealthy_since) IS DISTINCT FROM (excluded.generation, excluded.unhealthy_since)`,
      [],
    );
    await rows(
      manager,
      `DELETE FROM credential_failure f WHERE NOT EXISTS (SELECT FROM ${FAILING} AND h.integration_id = f.integration_id)`,
      [],
    );
  }

  /**
   * The failures that have lasted longest, if at least `milliseconds`. Excludes stale health, because the failure may be
   * over; the next check decides.
   */
  lasting(milliseconds: number, limit: number): Promise<CredentialFailure[]> {
    return rows(
      this.database.ofAllTenants(),
      `SELECT f.integration_id AS "integrationId", f.tenant_id AS "tenantId", f.generation,
              f.unhealthy_since AS "unhealthySince", f.since
       FROM credential_failure f JOIN integration_health h ON h.integration_id = f.integration_id
       WHERE f.since <= now() - $1 * interval '1 millisecond'
         AND h.checked_at >= now() - ${STALE_AFTER_INTERVALS} * h.interval_seconds * interval '1 second'
       ORDER BY f.since LIMIT $2`,
      [milliseconds, limit],
    );
  }

  /** Number of integrations whose credential is refused now, by provider, whether recorded or not. */
  async refused(): Promise<ReadonlyMap<string, number>> {
    const found = await rows<{ provider: string; integrations: number }>(
      this.database.ofAllTenants(),
      `SELECT i.provider, count(*)::int AS integrations FROM ${FAILING} GROUP BY i.provider`,
      [],
    );
    return new Map(found.map(({ provider, integrations: count }) => [provider, count]));
  }

  /**
   * The code with which the credential still fails; null if it no longer does. Locks the health row, so that a probe that
   * ends meanwhile waits before it writes its verdict.
   */
  async hold(
    { tenantId, integrationId, unhealthySince }: CredentialFailure,
    tx: Transaction,
  ): Promise<ProbeCode | null> {
    const [held] = await rows<{ code: ProbeCode }>(
      this.database.ofTenant(tenantId, tx),
      `SELECT h.code FROM integration_health h
       WHERE h.tenant_id = $1 AND h.integration_id = $2 AND h.since = $3 AND ${REFUSED} FOR UPDATE`,
      [tenantId, integrationId, unhealthySince],
    );
    return held?.code ?? null;
  }
}
