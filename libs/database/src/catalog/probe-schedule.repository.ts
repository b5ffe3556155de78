import type { IntegrationType, ProbeCode } from '@integrations/contracts';
import type { Database, PreparedStatement } from '../database';
import { PackedRows } from '../packed-rows';
import { plainArray, rows } from '../sql';
import type { Transaction } from '../transaction';
import { BELIEVED, type BelievedHealth, type BeliefColumns, believedOf } from './believed-health';
import { CLAIM, type Claimed, claimOf, type ProbeClaim, type ProbeDemand, type ProbeLease } from './probe-claim';

/** An integration that shares a leased target. */
export interface TargetMember {
  readonly target: string;
  readonly integrationId: string;
  readonly tenantId: string;
  readonly type: IntegrationType;
  readonly provider: string;
  readonly generation: number;
  readonly intervalSeconds: number;
  readonly inMaintenance: boolean;
  /** Null before the first probe. */
  readonly believed: BelievedHealth | null;
}

export interface TargetMembers {
  /** PostgreSQL's time. */
  readonly now: Date;
  readonly members: readonly TargetMember[];
}

export interface CompletedProbe {
  readonly target: string;
  readonly leaseToken: string;
  readonly nextDueAt: Date;
  /** As in the lease. */
  readonly refusedVersion: string | null;
  readonly slow: boolean;
}

export type HeldLease = Pick<ProbeLease, 'target' | 'leaseToken'>;

/**
 * When each target is probed next, and who is probing it now. Integrations of a tenant that a probe cannot tell apart share
 * a target. Lease times follow the database clock.
 *
 * Workers look for targets that became ready since their last look, and only once a minute for all. Therefore code that
 * makes a target ready must do so as of now, and a target that changes between slow and not slow must not keep an older
 * ready time.
 */
export class ProbeScheduleRepository {
  constructor(private readonly database: Database) {}

  /**
   * Schedules an integration, or moves it to another target if what is probed has changed; probes of the old target then no
   * longer affect it. The target is due at `dueAt` (`now`: by PostgreSQL's clock) or earlier. A refused credential is sent
   * again, and a slow target no longer counts as slow.
   */
  async put(
    integrationId: string,
    tenantId: string,
    intervalSeconds: number,
    dueAt: Date | 'now',
    tx?: Transaction,
  ): Promise<void> {
    const put = await rows(
      this.database.ofTenant(tenantId, tx),
      `WITH given AS (
         SELECT id, tenant_id, provider, probe_target_host(endpoint) AS host,
                probe_target_key(tenant_id, provider, endpoint, auth_ref, config) AS key
         FROM integration WHERE id = $1 AND tenant_id = $2
       ), target AS (
         INSERT INTO probe_target AS t (key, tenant_id, provider, host, due_at)
         SELECT key, tenant_id, provider, host, $4 FROM given
         ON CONFLICT (key) DO UPDATE
         SET due_at = CASE WHEN t.slow THEN excluded.due_at ELSE least(t.due_at, excluded.due_at) END,
             woken = true, refused_version = NULL, slow = false
         RETURNING key
       )
       INSERT INTO probe_schedule (integration_id, tenant_id, interval_seconds, target)
       SELECT id, tenant_id, $3, key FROM given JOIN target USING (key)
       ON CONFLICT (integration_id) DO UPDATE SET interval_seconds = excluded.interval_seconds, target = excluded.target
       RETURNING integration_id`,
      [integrationId, tenantId, intervalSeconds, dueAt],
    );
    if (put.length === 0) throw new Error(`integration ${integrationId} is not one of tenant ${tenantId}`);
  }

  /** Unschedules an integration; probes of its target no longer affect it. An unused target goes when its probe is due. */
  async remove(tenantId: string, integrationId: string, tx?: Transaction): Promise<void> {
    await rows(
      this.database.ofTenant(tenantId, tx),
      'DELETE FROM probe_schedule WHERE tenant_id = $1 AND integration_id = $2',
      [tenantId, integrationId],
    );
  }

  /** Makes a scheduled integration due at once, or right after a probe in flight. */
  async wake(tenantId: string, integrationId: string, tx?: Transaction): Promise<void> {
    await rows(
      this.database.ofTenant(tenantId, tx),
      `UPDATE probe_target t SET due_at = CASE WHEN t.slow THEN now() ELSE least(t.due_at, now()) END,
         woken = true, refused_version = NULL, slow = false
       FROM probe_schedule s WHERE s.integration_id = $1 AND s.tenant_id = $2 AND t.key = s.target`,
      [integrationId, tenantId],
    );
  }

  /**
   * Wakes the tenant's integrations that use this reference, or a field of its secret, as their own or their connection's,
   * if their last probe failed. That includes integrations that are not unhealthy yet, because a probe in flight may be the
   * failure that makes them so. Locks targets in the same order as `members`.
   */
  async wakeFailing(tenantId: string, authRef: string, tx?: Transaction): Promise<void> {
    await rows(
      this.database.ofTenant(tenantId, tx),
      `UPDATE probe_target t SET due_at = CASE WHEN t.slow THEN now() ELSE least(t.due_at, now()) END,
         woken = true, refused_version = NULL, slow = false
       FROM (
         SELECT key FROM probe_target WHERE key IN (
           SELECT s.target FROM integration i
           JOIN integration_health h ON h.integration_id = i.id AND h.failures > 0
           JOIN probe_schedule s ON s.integration_id = i.id
           WHERE i.tenant_id = $1 AND (split_part(i.auth_ref, '#', 1) = $2 OR i.config ? 'connection' AND EXISTS (
             SELECT FROM jsonb_path_query(i.config, '$.connection.*') AS setting WHERE split_part(setting #>> '{}', '#', 1) = $2
           ))
         ) ORDER BY key FOR UPDATE
       ) AS named WHERE t.key = named.key`,
      [tenantId, authRef],
    );
  }

  /**
   * Moves up the probes of targets on these hosts that are unhealthy with one of these codes: each is due at a random time
   * within its interval, as if it were healthy. Targets that are due within that interval anyway stay as they are.
   */
  async moveUp(hosts: readonly string[], codes: readonly ProbeCode[]): Promise<void> {
    await rows(
      this.database.ofAllTenants(),
      `UPDATE probe_target t SET due_at = now() + random() * seldom.every
       FROM (
         SELECT t.key, every FROM probe_target t
         CROSS JOIN LATERAL (
           SELECT min(s.interval_seconds) * interval '1 second' AS every
           FROM probe_schedule s JOIN integration_health h ON h.integration_id = s.integration_id
           WHERE s.target = t.key AND h.settled = 'unhealthy' AND h.code = ANY ($2)
         ) AS failing
         WHERE t.host = ANY ($1) AND t.due_at > now() + every
         FOR UPDATE OF t SKIP LOCKED
       ) AS seldom WHERE t.key = seldom.key`,
      [hosts, codes],
    );
  }

  /** When an integration is probed next: in the past while it waits for a worker, null if it is not scheduled. */
  async nextDue(tenantId: string, integrationId: string): Promise<Date | null> {
    const [next] = await rows<{ dueAt: Date }>(
      this.database.ofTenant(tenantId),
      `SELECT t.due_at AS "dueAt" FROM probe_schedule s JOIN probe_target t ON t.key = s.target
       WHERE s.tenant_id = $1 AND s.integration_id = $2`,
      [tenantId, integrationId],
    );
    return next?.dueAt ?? null;
  }

  /**
   * How many seconds the next target of these providers has been due. A target that a worker has claimed counts too,
   * because its result may fail to be written. Slow targets are left out, because they may have to wait for their few slots.
   */
  async longestWait(providers: readonly string[]): Promise<number> {
    const [found] = await rows<{ seconds: number }>(
      this.database.ofAllTenants(),
      `SELECT greatest(0, coalesce(max(extract(epoch FROM now() - next.due_at)), 0))::float8 AS seconds
       FROM unnest($1::text[]) AS of (provider) CROSS JOIN LATERAL (
         SELECT due_at FROM probe_target t
         WHERE t.provider = of.provider AND NOT slow ORDER BY greatest(due_at, lease_until) LIMIT 1
       ) AS next`,
      [providers],
    );
    return found?.seconds ?? 0;
  }

  /** Leases the free targets of all tenants that have been due longest, as many as are wanted of each provider. */
  async claimDue({ wanted, hostLimit, running, leaseMs, until }: ProbeDemand): Promise<ProbeClaim> {
    const parameters = [
      wanted.map(({ provider }) => provider),
      wanted.map(({ slow }) => slow),
      wanted.map(({ limit }) => limit),
      wanted.map(({ since }) => since),
      running.map(({ host }) => host),
      running.map(({ probes }) => probes),
      hostLimit,
      leaseMs,
      until,
    ];
    const [claimed] = await this.database.prepared<Claimed>(CLAIM, parameters, 'all_tenants');
    return claimOf(claimed as Claimed);
  }

  /**
   * Leases the target of one integration, due or not, for an on-demand probe. `held`: someone else holds the lease.
   * `unscheduled`: the integration has no target. The caller must release the lease.
   */
  async lease(tenantId: string, integrationId: string, leaseMs: number): Promise<HeldLease | 'held' | 'unscheduled'> {
    const [found] = await rows<HeldLease | { target: string; leaseToken: null }>(
      this.database.ofTenant(tenantId),
      `WITH wanted AS (
         SELECT target FROM probe_schedule WHERE tenant_id = $1 AND integration_id = $2
       ), leased AS (
         UPDATE probe_target t
         SET lease_until = now() + $3 * interval '1 millisecond', lease_token = gen_random_uuid()
         FROM wanted WHERE t.key = wanted.target AND coalesce(t.lease_until <= now(), true)
         RETURNING t.key, t.lease_token
       )
       SELECT target, lease_token AS "leaseToken" FROM wanted LEFT JOIN leased ON leased.key = wanted.target`,
      [tenantId, integrationId, leaseMs],
    );
    if (!found) return 'unscheduled';
    return found.leaseToken === null ? 'held' : found;
  }

  /**
   * Locks the targets whose leases are still valid, for `complete` in the same transaction, and returns the integrations
   * that share them. A probe's result applies only to these.
   */
  async members(leases: readonly HeldLease[], tx: Transaction): Promise<TargetMembers> {
    const found = await this.database.prepared<StoredMembers>(MEMBERS, columns(leases), 'all_tenants', tx);
    const [{ now, members }] = found as [StoredMembers];
    return { now, members: members.map(memberOf) };
  }

  /**
   * Ends leases and sets when each target is due next; a target woken meanwhile is due at once. Returns the targets whose
   * leases were still valid.
   */
  async complete(probes: readonly CompletedProbe[], tx?: Transaction): Promise<string[]> {
    if (probes.length === 0) return [];
    const manager = this.database.ofAllTenants(tx);
    const [completed] = await rows<{ held: string[] }>(manager, COMPLETE, [COMPLETIONS.pack(probes)]);
    return completed?.held ?? [];
  }

  /** Releases unused leases: targets that were due are due again at once, for any worker. */
  async release(leases: readonly HeldLease[]): Promise<void> {
    await rows(
      this.database.ofAllTenants(),
      `WITH ${HELD}
       UPDATE probe_target t SET due_at = greatest(t.due_at, now()), lease_until = NULL, lease_token = NULL
       FROM held WHERE t.key = held.key`,
      columns(leases),
    );
  }

  /** Removes leased targets that no enabled integration shares any more. */
  async retire(leases: readonly HeldLease[]): Promise<void> {
    const manager = this.database.ofAllTenants();
    await rows(
      manager,
      `DELETE FROM probe_schedule s USING integration i
       WHERE s.target = ANY ($1::uuid[]) AND i.id = s.integration_id AND (NOT i.enabled OR i.deleted_at IS NOT NULL)`,
      [plainArray(leases.map(({ target }) => target))],
    );
    await rows(
      manager,
      // An integration that joins the target wakes it. The DELETE then rechecks the row and finds it woken.
      `WITH ${HELD}
       DELETE FROM probe_target t USING held
       WHERE t.key = held.key AND NOT t.woken AND NOT EXISTS (SELECT FROM probe_schedule s WHERE s.target = t.key)`,
      columns(leases),
    );
  }
}

function columns(leases: readonly HeldLease[]): [string, string] {
  return [plainArray(leases.map(({ target }) => target)), plainArray(leases.map(({ leaseToken }) => leaseToken))];
}

type StoredMembers = Omit<TargetMembers, 'members'> & { readonly members: readonly MemberColumns[] };

type MemberColumns = readonly [
  ...[target: string, integrationId: string, tenantId: string, type: IntegrationType, provider: string],
  ...[generation: number, intervalSeconds: number, inMaintenance: boolean, believed: BeliefColumns | null],
];

/** Targets whose leases are valid, locked in a fixed order so that concurrent transactions wait instead of deadlocking. */
const HELD = `held AS MATERIALIZED (
    SELECT t.key FROM (
      SELECT * FROM unnest($1::uuid[], $2::uuid[]) AS lease (target, token) ORDER BY target
    ) AS lease CROSS JOIN LATERAL (
      SELECT key FROM probe_target WHERE key = lease.target AND lease_token = lease.token FOR UPDATE
    ) AS t
  )`;

/** Looks up everything by key, whatever the statistics were when PostgreSQL planned this; see CLAIM. */
const MEMBERS: PreparedStatement = {
  name: 'probe_members',
  text: `
  WITH ${HELD}
  SELECT now() AS now, coalesce(json_agg(json_build_array(
    s.target, i.id, i.tenant_id, i.type, i.provider, i.generation, s.interval_seconds,
    coalesce(i.maintenance_until > now(), false),
    CASE WHEN h.integration_id IS NOT NULL THEN ${BELIEVED} END)), '[]') AS members
  FROM held
  CROSS JOIN LATERAL (SELECT * FROM probe_schedule WHERE target = held.key OFFSET 0) AS s
  CROSS JOIN LATERAL (SELECT * FROM integration WHERE id = s.integration_id OFFSET 0) AS i
  LEFT JOIN LATERAL (SELECT * FROM integration_health WHERE integration_id = i.id OFFSET 0) AS h ON true
  WHERE i.enabled AND i.deleted_at IS NULL`,
};

function memberOf(columns: MemberColumns): TargetMember {
  const [target, integrationId, tenantId, type, provider, generation, intervalSeconds, inMaintenance, belief] = columns;
  const believed = belief && believedOf(belief);
  return { target, integrationId, tenantId, type, provider, generation, intervalSeconds, inMaintenance, believed };
}

const COMPLETIONS = new PackedRows<CompletedProbe>({
  ...{ target: 'uuid', leaseToken: 'uuid', nextDueAt: 'time', refusedVersion: 'text', slow: 'boolean' },
});

/** Planned on each call: a plan made while nothing was registered would scan all targets for a few. */
const COMPLETE = `
  WITH completed AS (
    UPDATE probe_target t
    SET due_at = CASE WHEN t.woken THEN now() ELSE done."nextDueAt" END,
        refused_version = CASE WHEN t.woken THEN NULL ELSE done."refusedVersion" END,
        slow = done.slow AND NOT t.woken,
        lease_until = NULL, lease_token = NULL
    FROM ${COMPLETIONS.sql} AS done
    WHERE t.key = done.target AND t.lease_token = done."leaseToken"
    RETURNING t.key
  )
  SELECT coalesce(json_agg(key), '[]') AS held FROM completed`;
