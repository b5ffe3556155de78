import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * The statements of the annotation path. Each handles many operations in one round trip. They are functions because every
 * statement inside a function sees what was committed before it: a read after locking a lane sees what the last holder of
 * that lock wrote. Lanes are locked in the order of their names, so that two batches never wait for each other.
 */
export class AnnotationPath1790000000007 implements MigrationInterface {
  readonly name = 'AnnotationPath1790000000007';

  async up(runner: QueryRunner): Promise<void> {
    for (const statement of [ACCEPT, BEGIN_NEXT, CLAIM, SETTLE]) await runner.query(statement);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      DROP FUNCTION annotation_settle(jsonb);
      DROP FUNCTION annotation_claim(integer, integer);
      DROP FUNCTION annotation_begin_next(text, text);
      DROP FUNCTION annotation_accept(jsonb, jsonb);
    `);
  }
}

/**
 * `batch`: ledger rows with `check`, `event_data`, `lease_ms` and `lease_token`; one for each lane. A new lane is leased
 * under the row's token, if there is one, and its operation begins.
 */
const ACCEPT = `
  CREATE FUNCTION annotation_accept(batch jsonb, superseded_outcome jsonb)
  RETURNS TABLE (id uuid, result text, superseded_ids uuid[]) LANGUAGE plpgsql AS $$
  #variable_conflict use_column
  DECLARE
    given record;
    o annotation_operation;
    outdated boolean;
  BEGIN
    FOR given IN
      WITH items AS (
        SELECT item, item->>'lane' AS lane, item->>'tenant_id' AS tenant_id, (item->>'lease_token')::uuid AS lease_token
        FROM jsonb_array_elements(batch) AS item
      ), locked AS (
        INSERT INTO annotation_lane AS l (lane, tenant_id, due_at, lease_until, lease_token)
        SELECT lane, tenant_id, now(), now() + (item->>'lease_ms')::integer * interval '1 millisecond', lease_token
        FROM items ORDER BY lane COLLATE "C"
        ON CONFLICT (lane) DO UPDATE SET due_at = l.due_at
        RETURNING l.lane, l.tenant_id, l.lease_token
      )
      SELECT item, lane, items.lease_token, locked.tenant_id AS lane_tenant,
             coalesce(locked.lease_token = items.lease_token, false) AS leads
      FROM items JOIN locked USING (lane)
      -- In this order every batch waits for idempotency keys that others are just using.
      ORDER BY items.tenant_id COLLATE "C", item->>'idempotency_key' COLLATE "C"
    LOOP
      o := jsonb_populate_record(NULL::annotation_operation, given.item);
      IF given.lane_tenant <> o.tenant_id THEN RAISE EXCEPTION 'lane % belongs to another tenant', o.lane; END IF;
      id := o.id;
      superseded_ids := '{}';
      outdated := false;

      IF o.idempotency_key IS NOT NULL AND EXISTS (
        SELECT FROM annotation_operation seen
        WHERE seen.tenant_id = o.tenant_id AND seen.idempotency_key = o.idempotency_key
      ) THEN
        result := 'known';
      ELSIF NOT EXISTS (
        SELECT FROM integration i WHERE i.id = o.integration_id AND i.tenant_id = o.tenant_id
          AND i.generation = o.generation AND i.enabled AND i.deleted_at IS NULL
      ) OR given.item->>'check' = 'only' AND EXISTS (
        SELECT FROM integration i WHERE i.tenant_id = o.tenant_id AND i.type = o.integration_type
          AND i.enabled AND i.deleted_at IS NULL AND i.id <> o.integration_id
      ) THEN
        result := 'stale';
      ELSE
        outdated := o.upsert_key IS NOT NULL AND o.revision IS NOT NULL AND EXISTS (
          SELECT FROM annotation_operation newer WHERE newer.lane = o.lane AND newer.operation = o.operation
            AND newer.upsert_key = o.upsert_key AND newer.revision > o.revision
        );
        result := CASE WHEN outdated THEN 'superseded' WHEN given.leads THEN 'running' ELSE 'queued' END;
        INSERT INTO annotation_operation (id, tenant_id, integration_id, integration_type, provider, generation,
          operation, lane, owner, repository, pr_number, commit_sha, upsert_key, revision, idempotency_key, request,
          request_hash, deadline_at, state, attempts, started_at, finished_at, outcome)
        VALUES (o.id, o.tenant_id, o.integration_id, o.integration_type, o.provider, o.generation,
          o.operation, o.lane, o.owner, o.repository, o.pr_number, o.commit_sha, o.upsert_key, o.revision,
          o.idempotency_key, o.request, o.request_hash, o.deadline_at,
          result, CASE result WHEN 'running' THEN 1 ELSE 0 END, CASE result WHEN 'running' THEN now() END,
          CASE WHEN outdated THEN now() END,
          CASE WHEN outdated THEN jsonb_set(superseded_outcome, '{operationId}', to_jsonb(o.id)) END)
        ON CONFLICT DO NOTHING;
        IF NOT FOUND THEN
          result := 'known';
          outdated := false;
        END IF;
      END IF;

      -- In a lane that was new, nothing waits.
      IF result = 'queued' AND o.upsert_key IS NOT NULL THEN
        WITH ended AS (
          UPDATE annotation_operation w
          SET state = 'superseded', finished_at = now(), next_attempt_at = NULL,
              outcome = jsonb_set(superseded_outcome, '{operationId}', to_jsonb(w.id))
          WHERE w.lane = o.lane AND w.operation = o.operation AND w.upsert_key = o.upsert_key
            AND w.state = 'queued' AND w.id <> o.id AND (w.revision IS NULL OR w.revision <= o.revision)
          RETURNING w.id
        )
        SELECT coalesce(array_agg(ended.id), '{}') INTO superseded_ids FROM ended;
      END IF;

      IF result IN ('queued', 'running', 'superseded') THEN
        INSERT INTO outbox (event_id, tenant_id, integration_id, type, provider, event, generation, data)
        SELECT gen_random_uuid(), o.tenant_id, o.integration_id, o.integration_type, o.provider, told.event,
               o.generation, jsonb_set(given.item->'event_data', '{operationId}', to_jsonb(told.id))
        FROM (
          SELECT 'annotation_accepted' AS event, o.id AS id
          UNION ALL SELECT 'annotation_superseded', o.id WHERE outdated
          UNION ALL SELECT 'annotation_superseded', unnest(superseded_ids)
        ) AS told;
      END IF;

      IF result NOT IN ('queued', 'running') THEN
        DELETE FROM annotation_lane l
        WHERE l.lane = o.lane AND l.lease_token IS NOT DISTINCT FROM CASE WHEN given.leads THEN given.lease_token END
          AND NOT EXISTS (
            SELECT FROM annotation_operation open WHERE open.lane = l.lane AND open.state IN ('queued', 'running'));
      END IF;
      RETURN NEXT;
    END LOOP;
  END $$`;

/**
 * Begins an attempt at the oldest open operation of a lane that the caller has locked as its lease holder.
 * `integration_generation` is NULL if the operation's integration is deleted or disabled.
 */
export const BEGIN_NEXT = `
  CREATE FUNCTION annotation_begin_next(
    of_lane text, of_tenant text, OUT begun annotation_operation, OUT integration_generation integer
  ) LANGUAGE plpgsql AS $$
  BEGIN
    UPDATE annotation_operation o
    SET state = 'running', attempts = o.attempts + 1, next_attempt_at = NULL,
        started_at = coalesce(o.started_at, now())
    WHERE o.id = (
      SELECT head.id FROM annotation_operation head
      WHERE head.lane = of_lane AND head.tenant_id = of_tenant AND head.state IN ('queued', 'running')
      ORDER BY head.position LIMIT 1)
    RETURNING o.* INTO begun;
    SELECT i.generation INTO integration_generation FROM integration i
    WHERE i.id = begun.integration_id AND i.tenant_id = begun.tenant_id AND i.enabled AND i.deleted_at IS NULL;
  END $$`;

/** Leases free lanes, those due longest first, and begins the first operation of each. Removes lanes without operations. */
const CLAIM = `
  CREATE FUNCTION annotation_claim(most integer, lease_ms integer)
  RETURNS TABLE (lane text, tenant_id text, lease_token uuid, begun annotation_operation, integration_generation integer)
  LANGUAGE plpgsql AS $$
  #variable_conflict use_column
  DECLARE
    leased annotation_lane;
    head record;
  BEGIN
    FOR leased IN
      WITH due AS (
        SELECT lane FROM annotation_lane
        WHERE greatest(due_at, lease_until) <= now()
        ORDER BY greatest(due_at, lease_until) LIMIT most
        FOR UPDATE SKIP LOCKED
      )
      UPDATE annotation_lane l
      SET lease_until = now() + lease_ms * interval '1 millisecond', lease_token = gen_random_uuid()
      FROM due WHERE l.lane = due.lane RETURNING l.*
    LOOP
      SELECT n.begun, n.integration_generation INTO head FROM annotation_begin_next(leased.lane, leased.tenant_id) n;
      IF (head.begun).id IS NULL THEN
        DELETE FROM annotation_lane l WHERE l.lane = leased.lane;
      ELSE
        RETURN QUERY
        SELECT leased.lane, leased.tenant_id, leased.lease_token, head.begun, head.integration_generation;
      END IF;
    END LOOP;
  END $$`;

/**
 * `batch`: ends of running operations, each under the lease of its lane. With `go_on` the lane's next operation begins
 * under the same lease; otherwise the lease is released. A lane without operations is removed. `item` identifies the
 * results.
 */
const SETTLE = `
  CREATE FUNCTION annotation_settle(batch jsonb)
  RETURNS TABLE (item integer, result text, begun annotation_operation, integration_generation integer)
  LANGUAGE plpgsql AS $$
  #variable_conflict use_column
  DECLARE
    given record;
    ended annotation_operation;
    head record;
  BEGIN
    FOR given IN
      SELECT * FROM jsonb_to_recordset(batch) AS conclusion (
        item integer, id uuid, lane text, lease_token uuid, state text, outcome jsonb, event text, event_data jsonb, go_on boolean)
      ORDER BY lane COLLATE "C"
    LOOP
      item := given.item;
      begun := NULL;
      integration_generation := NULL;
      PERFORM FROM annotation_lane l WHERE l.lane = given.lane AND l.lease_token = given.lease_token FOR UPDATE;
      IF NOT FOUND THEN
        result := 'lost';
        RETURN NEXT;
        CONTINUE;
      END IF;

      UPDATE annotation_operation o SET state = given.state, outcome = given.outcome, finished_at = now()
      WHERE o.id = given.id AND o.lane = given.lane AND o.state = 'running' RETURNING o.* INTO ended;
      IF NOT FOUND THEN
        result := 'not_running';
        RETURN NEXT;
        CONTINUE;
      END IF;

      INSERT INTO outbox (event_id, tenant_id, integration_id, type, provider, event, generation, data)
      VALUES (gen_random_uuid(), ended.tenant_id, ended.integration_id, ended.integration_type, ended.provider,
              given.event, ended.generation, given.event_data);

      IF given.go_on THEN
        SELECT n.begun, n.integration_generation INTO head FROM annotation_begin_next(ended.lane, ended.tenant_id) n;
        begun := head.begun;
        integration_generation := head.integration_generation;
        result := CASE WHEN (head.begun).id IS NULL THEN 'over' ELSE 'begun' END;
      ELSE
        UPDATE annotation_lane l SET due_at = now(), lease_until = NULL, lease_token = NULL
        WHERE l.lane = given.lane AND EXISTS (
          SELECT FROM annotation_operation open WHERE open.lane = l.lane AND open.state IN ('queued', 'running'));
        result := CASE WHEN FOUND THEN 'released' ELSE 'over' END;
      END IF;
      IF result = 'over' THEN DELETE FROM annotation_lane l WHERE l.lane = given.lane; END IF;
      RETURN NEXT;
    END LOOP;
  END $$`;
