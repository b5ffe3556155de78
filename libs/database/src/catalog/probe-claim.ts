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
  /** Woken since it was claimed last: what is kept of its secret may be from before. */
  readonly woken: boolean;
  /** One of those that share the target; null if none is left. */
  readonly integration: ProbedIntegration | null;
}

export interface WantedProbes {
  readonly provider: string;
  readonly slow: boolean;
  /** How many. */
  readonly limit: number;
  /** What was ready before stays; null or absent: nothing does. */
  readonly since?: Date | null;
}

export interface ProbeDemand {
  /** Of each provider, of what is slow and what is not; all else stays. */
  readonly wanted: readonly WantedProbes[];
  /** How many of one host may be leased, less those that run already. */
  readonly hostLimit: number;
  readonly running: readonly { readonly host: string; readonly probes: number }[];
  readonly leaseMs: number;
  /** By PostgreSQL's clock. Once it has passed nothing is leased, for nobody waits for the leases; null or absent: it never has. */
  readonly until?: Date | null;
}

export interface ProbeClaim {
  /** PostgreSQL's time. */
  readonly now: Date;
  /** Of each provider and pace, what was ready first comes first. */
  readonly leases: readonly ProbeLease[];
  /** Hosts that had more due than may run: others may be due behind them. */
  readonly crowded: readonly string[];
}

/**
 * One look into the index for each provider, and for what is slow of it, so that what is due of one never stands before
 * what is due of another. Full hosts are passed over; of the others no more is leased than may run. `woken` is told, and is
 * for what comes after the claim from then on. All leases come as one JSON of columns, which costs a fraction of what as many
 * rows or objects do, both here and there.
 *
 * PostgreSQL plans this once, when anything may be due or nothing, and must not have a choice: with a bound below that it
 * does not know, it takes little to be ready, and reads that in order; an array of keys is looked up in the index, as is
 * what OFFSET 0 keeps apart.
 *
 * A PostgreSQL that was frozen carries out first what it was sent meanwhile: of that, nothing is leased.
 *
 * Parameters: providers, whether slow, how many and since when of each, hosts at work, how many each of them runs, limit
 * of a host, milliseconds, until when.
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

/** What the claim answers. */
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
