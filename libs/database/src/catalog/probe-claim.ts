import type { PreparedStatement } from '../database';

/** A registration as a probe of it needs it. */
export interface ProbedIntegration {
  readonly id: string;
  readonly tenantId: string;
  readonly provider: string;
  readonly endpoint: string;
  readonly authRef: string | null;
  readonly config: Record<string, unknown>;
}

/** The right to probe a target, until the lease runs out. */
export interface ProbeLease {
  readonly target: string;
  readonly leaseToken: string;
  readonly provider: string;
  readonly host: string;
  /** Its last probe took long. */
  readonly slow: boolean;
  /** Milliseconds from when it was due until it was claimed. */
  readonly lagMs: number;
  /** The version of the credential that the vendor refuses, empty if it has none; null: send what there is. */
  readonly refusedVersion: string | null;
  /** One of those that share the target; null if none is left. */
  readonly integration: ProbedIntegration | null;
}

export interface ProbeDemand {
  /** How many are wanted of each provider, of what is slow and what is not; all else stays. */
  readonly wanted: readonly { readonly provider: string; readonly slow: boolean; readonly limit: number }[];
  /** How many of one host may be leased, less those that run already. */
  readonly hostLimit: number;
  readonly running: readonly { readonly host: string; readonly probes: number }[];
  readonly leaseMs: number;
}

export interface ProbeClaim {
  readonly leases: readonly ProbeLease[];
  /** Hosts that had more due than may run: others may be due behind them. */
  readonly crowded: readonly string[];
}

/**
 * One look into the index for each provider, and for what is slow of it, so that what is due of one never stands before
 * what is due of another. Full hosts are passed over; of the others no more is leased than may run. `woken` is for what
 * comes after the claim. All leases come as one JSON of columns, which costs a fraction of what as many rows or objects do,
 * both here and there. OFFSET 0 keeps a look-up by its key: PostgreSQL plans this once, often when nothing is registered,
 * when any way of joining looks cheap.
 *
 * Parameters: providers, whether slow, how many of each, hosts at work, how many each of them runs, limit of a host,
 * milliseconds.
 */
export const CLAIM: PreparedStatement = {
  name: 'probe_claim',
  text: `
  WITH busy AS (
    SELECT * FROM unnest($4::text[], $5::integer[]) AS busy (host, running)
  ), candidate AS MATERIALIZED (
    SELECT due.* FROM unnest($1::text[], $2::boolean[], $3::integer[]) AS wanted (provider, slow, most)
    CROSS JOIN LATERAL (
      SELECT key, host, greatest(due_at, lease_until) AS ready FROM probe_target
      WHERE provider = wanted.provider AND slow = wanted.slow AND greatest(due_at, lease_until) <= now()
        AND host <> ALL (ARRAY(SELECT host FROM busy WHERE running >= $6))
      ORDER BY greatest(due_at, lease_until) LIMIT wanted.most
      FOR UPDATE SKIP LOCKED
    ) AS due
  ), chosen AS (
    SELECT key FROM (
      SELECT key, host, row_number() OVER (PARTITION BY host ORDER BY ready) AS nth FROM candidate
    ) AS ranked LEFT JOIN busy USING (host)
    WHERE nth <= $6 - coalesce(running, 0)
  ), leased AS (
    UPDATE probe_target t
    SET lease_until = now() + $7 * interval '1 millisecond', lease_token = gen_random_uuid(), woken = false
    FROM chosen WHERE t.key = chosen.key RETURNING t.*
  )
  SELECT coalesce(json_agg(json_build_array(
           leased.key, leased.lease_token, leased.provider, candidate.host, leased.slow,
           extract(epoch FROM now() - leased.due_at) * 1000, leased.refused_version,
           one.integration) ORDER BY candidate.ready)
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

/** What the claim answers. */
export interface Claimed {
  readonly leases: readonly LeaseColumns[];
  readonly crowded: readonly string[];
}

type LeaseColumns = readonly [
  ...[target: string, leaseToken: string, provider: string, host: string, slow: boolean, lagMs: number],
  ...[refusedVersion: string | null, integration: IntegrationColumns | null],
];

type IntegrationColumns = readonly [
  ...[id: string, tenantId: string, provider: string, endpoint: string],
  ...[authRef: string | null, config: Record<string, unknown>],
];

export function claimOf({ leases, crowded }: Claimed): ProbeClaim {
  return { leases: leases.map(leaseOf), crowded };
}

function leaseOf(columns: LeaseColumns): ProbeLease {
  const [target, leaseToken, provider, host, slow, lagMs, refusedVersion, one] = columns;
  const integration = one && integrationOf(one);
  return { target, leaseToken, provider, host, slow, lagMs, refusedVersion, integration };
}

function integrationOf([id, tenantId, provider, endpoint, authRef, config]: IntegrationColumns): ProbedIntegration {
  return { id, tenantId, provider, endpoint, authRef, config };
}
