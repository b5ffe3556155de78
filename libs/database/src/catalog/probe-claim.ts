import type { PreparedStatement } from '../database';

/** The fields of a registration that a probe needs. */
export interface ProbedIntegration {
  readonly id: string;
  readonly tenantId: string;
  readonly provider: string;
  readonly endpoint: string;
  readonly authRef: string | null;
  readonly config: Record<string, unknown>;
}

/** The right to probe a target until the lease expires. */
export interface ProbeLease {
  readonly target: string;
  readonly leaseToken: string;
  readonly provider: string;
  readonly host: string;
  /** True if the last probe of the target took long. */
  readonly slow: boolean;
  /** Milliseconds from the due time to the claim. */
  readonly lagMs: number;
  /** The credential version that the vendor refuses, empty if it has none. Null: send the current credential. */
  readonly refusedVersion: string | null;
  /** True if the target was woken since its last claim, so that a cached secret may be outdated. */
  readonly woken: boolean;
  /** One of the integrations that share the target; null if none is left. */
  readonly integration: ProbedIntegration | null;
}

export interface WantedProbes {
  readonly provider: string;
  readonly slow: boolean;
  /** Maximum number of targets. */
  readonly limit: number;
  /** Skips targets that were ready before this time; null or absent to skip none. */
  readonly since?: Date | null;
}

export interface ProbeDemand {
  /** Demand per provider, for slow and other targets separately. Nothing else is claimed. */
  readonly wanted: readonly WantedProbes[];
  /** Maximum number of concurrent probes of one host, including those in `running`. */
  readonly hostLimit: number;
  readonly running: readonly { readonly host: string; readonly probes: number }[];
  readonly leaseMs: number;
  /**
   * No lease is granted after this time, by PostgreSQL's clock, because the caller has stopped waiting by then. Null or
   * absent: no limit.
   */
  readonly until?: Date | null;
}

export interface ProbeClaim {
  /** PostgreSQL's time. */
  readonly now: Date;
  /** For each provider and pace, in the order in which the targets became ready. */
  readonly leases: readonly ProbeLease[];
  /** Hosts with more due targets than may run at once. Targets of other hosts may be due behind theirs. */
  readonly crowded: readonly string[];
}

/**
 * Looks into the index once per provider and pace (slow or not), so that due targets of one never queue behind another's.
 * Skips hosts at their limit, and leases no more targets of the others than may run. Returns `woken` and resets it: from
 * then on it stands for wake-ups after the claim. Returns all leases as one JSON array of columns, which costs a fraction
 * of as many rows or objects, here and in PostgreSQL.
 *
 * PostgreSQL plans this statement once, whether much or nothing is due at that time, so the SQL leaves it no choice. With
 * an unknown lower bound it expects few ready rows and reads them in index order. It looks up arrays of keys, and
 * subqueries fenced off by OFFSET 0, by index.
 *
 * A PostgreSQL that was frozen first runs the statements that were sent meanwhile. `until` keeps these from leasing.
 *
 * Parameters: the providers; for each of them whether slow, how many and since when; the busy hosts; how many probes each
 * of them runs; the limit of a host; milliseconds of the lease; until when.
 */
export const CLAIM: PreparedStatement = {
  name: 'probe_claim',
  text: `
  WITH busy AS (
    SELECT * FROM unnest($5::text[], $6::integer[]) AS busy (host, running)
  ), candidate AS MATERIALIZED (
    SELECT due.* FROM unnest($1::text[], $2::boolean[], $3::integer[], $4::timestamptz[]) AS wanted (provider, slow, most, since)
    CROSS JOIN LATERAL (
      SELECT key, host, woken, greatest(due_at, lease_until) AS ready FROM probe_target
      WHERE provider = wanted.provider AND slow = wanted.slow
        AND greatest(due_at, lease_until) BETWEEN coalesce(wanted.since, '-infinity') AND now()
        AND host <> ALL (ARRAY(SELECT host FROM busy WHERE running >= $7))
      ORDER BY greatest(due_at, lease_until) LIMIT wanted.most
      FOR UPDATE SKIP LOCKED
    ) AS due
    WHERE now() <= coalesce($9::timestamptz, 'infinity')
  ), chosen AS (
    SELECT key FROM (
      SELECT key, host, row_number() OVER (PARTITION BY host ORDER BY ready) AS nth FROM candidate
    ) AS ranked LEFT JOIN busy USING (host)
    WHERE nth <= $7 - coalesce(running, 0)
  ), leased AS (
    UPDATE probe_target t
    SET lease_until = now() + $8 * interval '1 millisecond', lease_token = gen_random_uuid(), woken = false
    WHERE t.key = ANY (ARRAY(SELECT key FROM chosen)) RETURNING t.*
  )
  SELECT now() AS now, coalesce(json_agg(json_build_array(
           leased.key, leased.lease_token, leased.provider, candidate.host, leased.slow,
           extract(epoch FROM now() - leased.due_at) * 1000, leased.refused_version,
           candidate.woken, one.integration) ORDER BY candidate.ready)
           FILTER (WHERE leased.key IS NOT NULL), '[]') AS leases,
         coalesce(json_agg(DISTINCT candidate.host) FILTER (WHERE leased.key IS NULL), '[]') AS crowded
  FROM candidate LEFT JOIN leased ON leased.key = candidate.key
  LEFT JOIN LATERAL (
    SELECT json_build_array(i.id, i.tenant_id, i.provider, i.endpoint, i.auth_ref, i.config) AS integration
    FROM (SELECT * FROM probe_schedule WHERE target = leased.key OFFSET 0) AS s
    CROSS JOIN LATERAL (SELECT * FROM integration WHERE id = s.integration_id OFFSET 0) AS i
    WHERE i.enabled AND i.deleted_at IS NULL ORDER BY i.id LIMIT 1
  ) AS one ON true`,
};

/** The row that the claim returns. */
export interface Claimed {
  readonly now: Date;
  readonly leases: readonly LeaseColumns[];
  readonly crowded: readonly string[];
}

type LeaseColumns = readonly [
  ...[target: string, leaseToken: string, provider: string, host: string, slow: boolean, lagMs: number],
  ...[refusedVersion: string | null, woken: boolean, integration: IntegrationColumns | null],
];

type IntegrationColumns = readonly [
  ...[id: string, tenantId: string, provider: string, endpoint: string],
  ...[authRef: string | null, config: Record<string, unknown>],
];

export function claimOf({ now, leases, crowded }: Claimed): ProbeClaim {
  return { now, leases: leases.map(leaseOf), crowded };
}

function leaseOf(columns: LeaseColumns): ProbeLease {
  const [target, leaseToken, provider, host, slow, lagMs, refusedVersion, woken, one] = columns;
  const integration = one && integrationOf(one);
  return { target, leaseToken, provider, host, slow, lagMs, refusedVersion, woken, integration };
}

function integrationOf([id, tenantId, provider, endpoint, authRef, config]: IntegrationColumns): ProbedIntegration {
  return { id, tenantId, provider, endpoint, authRef, config };
}
