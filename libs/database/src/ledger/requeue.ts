import type { EntityManager } from 'typeorm';
import { rows } from '../sql';
import { SUPERSEDED } from './entry';
import { dropLanesIfDone, lockLanes } from './lanes';
import type { OperationRow } from './operation';
import { RUNNING_IN_LANE } from './states';
import { emitEvents } from './emit-events';

export interface RequeueOptions {
  /** The states to requeue from; an operation in another state is skipped. */
  readonly from: readonly ('parked_offline' | 'failed')[];
  /**
   * True if nobody asked for the requeue. Earlier attempts and the deadline then still count, and an operation is skipped
   * while something newer runs in its lane. The newer operation is about to be held back, because the older one is parked.
   * If the older one were queued now, the newer one would go ahead: it would be posted first, or seem to have been.
   */
  readonly automatic: boolean;
}

/** An operation that was put back into its lane, or ended as superseded. */
export interface Requeued extends Pick<
  OperationRow,
  'id' | 'tenantId' | 'integrationId' | 'provider' | 'operation' | 'prNumber' | 'commitSha' | 'traceparent'
> {
  readonly state: 'queued' | 'superseded';
}

/**
 * Puts operations of a tenant back into their lanes, ahead of everything accepted after them. An outdated operation ends as
 * superseded, unless it left a check run half made: it is then queued to conclude that check run.
 */
export async function requeue(
  manager: EntityManager,
  tenantId: string,
  ids: readonly string[],
  { from, automatic }: RequeueOptions,
): Promise<Requeued[]> {
  if (ids.length === 0) return [];
  const lanes = await lockLanes(manager, tenantId, ids);
  // A manual replay drops the deadline: the operator wants the operation posted, whatever its caller had set.
  const requeued = await rows<Requeued>(
    manager,
    // MATERIALIZED, because judging is expensive. `@> ARRAY[state]` makes PostgreSQL find the rows by id alone: by state, it
    // would read everything that is parked, of all tenants.
    `WITH judged AS MATERIALIZED (
       SELECT p.id, ${OUTDATED} AS outdated, jsonb_set($4, '{operationId}', to_jsonb(p.id)) AS superseded,
              p.half_made AND p.state = 'parked_offline' AS half_made, p.ending
       FROM unnest($2::uuid[]) AS given (id)
       JOIN annotation_operation p ON p.id = given.id AND p.tenant_id = $1 AND $3::text[] @> ARRAY[p.state]
       WHERE NOT ($5 AND EXISTS (
         SELECT FROM annotation_operation n WHERE n.lane = p.lane AND n.position > p.position AND ${RUNNING_IN_LANE}))
     ), wanted AS (
       SELECT id, superseded, outdated AND NOT half_made AS ends,
              CASE WHEN NOT half_made THEN NULL WHEN ending IS NOT NULL THEN ending
                   WHEN outdated THEN jsonb_build_object('state', 'superseded', 'outcome', superseded) END AS ending
       FROM judged
     )
     UPDATE annotation_operation o
     SET state = CASE WHEN ends THEN 'superseded' ELSE 'queued' END,
         finished_at = CASE WHEN ends THEN now() END, outcome = CASE WHEN ends THEN superseded END, ending = wanted.ending,
         attempts = CASE WHEN ends OR $5 THEN attempts ELSE 0 END, deadline_at = CASE WHEN $5 THEN deadline_at END,
         waiting_since = NULL, awaits_vendor = false
     FROM wanted WHERE o.id = wanted.id
     RETURNING o.id, o.tenant_id AS "tenantId", o.integration_id AS "integrationId", o.provider, o.operation,
               o.pr_number AS "prNumber", o.commit_sha AS "commitSha", o.traceparent, o.state`,
    [tenantId, ids, from, SUPERSEDED, automatic],
  );
  const outdated = requeued.filter(({ state }) => state === 'superseded').map(({ id }) => id);
  await emitEvents(manager, 'annotation_superseded', outdated);
  await dropLanesIfDone(manager, lanes);
  return requeued;
}

/**
 * SQL condition: a newer operation has replaced `p`. With an upsert key, the newer operation has a higher revision, or
 * was accepted later where one of the two has no revision. Without a key, `p` is outdated if the vendor has, or is just
 * being sent, a newer state of the same thing: an old status must not overwrite it.
 */
const OUTDATED = `(CASE WHEN p.upsert_key IS NOT NULL THEN EXISTS (
    SELECT FROM annotation_operation n WHERE n.lane = p.lane AND n.operation = p.operation
      AND n.upsert_key = p.upsert_key AND coalesce(n.ending->>'state', n.state) NOT IN ('failed', 'cancelled')
      AND (n.revision > p.revision OR (n.position > p.position AND (n.revision < p.revision) IS NOT TRUE)))
  ELSE ${newerAtVendor("n.state = 'succeeded'")} OR ${newerAtVendor(`n.ending IS NULL AND ${RUNNING_IN_LANE}`)} END)`;

function newerAtVendor(state: string): string {
  return `EXISTS (
    SELECT FROM annotation_operation n WHERE n.lane = p.lane AND n.operation = p.operation AND n.upsert_key IS NULL
      AND n.position > p.position AND ${state} AND ${targetOf('n')} = ${targetOf('p')})`;
}

/** SQL expression of what identifies the thing at the vendor; null for a comment that is always a new one. */
function targetOf(alias: string): string {
  return `CASE ${alias}.operation
    WHEN 'status' THEN ${alias}.request->>'context'
    WHEN 'check_run' THEN ${alias}.request->>'name'
    WHEN 'comment' THEN
      CASE WHEN ${alias}.request->>'updateExisting' = 'true' THEN coalesce(${alias}.request->>'commentId', '') END
    WHEN 'publish' THEN ${alias}.request->>'title'
  END`;
}
