import type { MigrationInterface, QueryRunner } from 'typeorm';
import { AnnotationPath1790000000007 } from './1790000000007-annotation-path';

/**
 * The annotation path again, with three differences. Lanes whose credential is on hold do not begin. New lanes are claimed
 * before lanes that were served already. Postponing an operation takes one statement, timed by PostgreSQL's clock.
 */
export class FairLanes1790000000021 implements MigrationInterface {
  readonly name = 'FairLanes1790000000021';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      -- True once the lane was released with operations left.
      ALTER TABLE annotation_lane ADD COLUMN served boolean NOT NULL DEFAULT false;
      DROP INDEX annotation_lane_ready;
      CREATE INDEX annotation_lane_ready ON annotation_lane (served, greatest(due_at, lease_until));
    `);
    for (const statement of [HELD_UNTIL, ACCEPT, CLAIM, SETTLE, RESCHEDULE]) await runner.query(statement);
  }

  async down(runner: QueryRunner): Promise<void> {
    const before = new AnnotationPath1790000000007();
    await before.down(runner);
    await runner.query(`
      DROP FUNCTION annotation_reschedule(uuid, text, uuid, bigint, jsonb, boolean);
      DROP FUNCTION annotation_held_until(text, text);
      ALTER TABLE annotation_lane DROP COLUMN served;
      CREATE INDEX annotation_lane_ready ON annotation_lane (greatest(due_at, lease_until));
    `);
    await before.up(runner);
  }
}

/** Until when a lane of the credential must wait, with a random spread; NULL if it need not. */
export const HELD_UNTIL = `
  CREATE FUNCTION annotation_held_until(of_tenant text, of_credential text) RETURNS timestamptz LANGUAGE sql AS $$
    SELECT b.held_until + random() * interval '1 second' FROM annotation_budget b
    WHERE b.tenant_id = of_tenant AND b.credential = of_credential AND b.held_until > now()
  $$`;

/**
 * `batch`: ledger rows with `check`, `event_data`, `credential`, `lease_ms` and `lease_token`; one for each lane. A new lane
 * is leased under the row's token, and its operation begins, if there is a token and the credential is not on hold.
 */
export const ACCEPT = `
  CREATE OR REPLACE FUNCTION annotation_accept(batch jsonb, superseded_outcome jsonb)
  RETURNS TABLE (id uuid, result text, superseded_ids uuid[]) LANGUAGE plpgsql AS $$
  #variable_conflict use_column
  DECLARE
    given record;
    o annotation_operation;
    outdated boolean;
  BEGIN
    FOR given IN
      WITH items AS (
        SELECT item, item->>'lane' AS lane, item->>'tenant_id' AS tenant_id, (item->>'lease_token')::uuid AS lease_token,
               item->>'credential' AS credential, annotation_held_until(item->>'tenant_id', item->>'credential') AS held_until
        FROM jsonb_array_elements(batch) AS item
      ), locked AS (
        INSERT INTO annotation_lane AS l (lane, tenant_id, credential, due_at, lease_until, lease_token)
        SELECT lane, tenant_id, credential, coalesce(held_until, now()),
               CASE WHEN held_until IS NULL THEN now() + (item->>'lease_ms')::integer * interval '1 millisecond' END,
               CASE WHEN held_until IS NULL THEN lease_token END
        FROM items ORDER BY lane COLLATE "C"
        ON CONFLICT (lane) DO UPDATE SET credential = excluded.credential
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
 * Leases free lanes that are due, and begins the first operation of each. Removes lanes without operations. The lane that
 * has waited longest comes first, but a lane that was served already is moved back by five seconds. So a new lane does not
 * queue behind a thousand busy ones, and no lane waits for ever.
 */
export const CLAIM = `
  CREATE OR REPLACE FUNCTION annotation_claim(most integer, lease_ms integer)
  RETURNS TABLE (lane text, tenant_id text, lease_token uuid, begun annotation_operation, integration_generation integer)
  LANGUAGE plpgsql AS $$
  #variable_conflict use_column
  DECLARE
    leased annotation_lane;
    head record;
  BEGIN
    FOR leased IN
      WITH fresh AS (
        SELECT l.lane, greatest(l.due_at, l.lease_until) AS since FROM annotation_lane l
        WHERE NOT l.served AND greatest(l.due_at, l.lease_until) <= now()
          AND (l.credential IS NULL OR annotation_held_until(l.tenant_id, l.credential) IS NULL)
        ORDER BY greatest(l.due_at, l.lease_until) LIMIT most
        FOR UPDATE SKIP LOCKED
      ), served AS (
        SELECT l.lane, greatest(l.due_at, l.lease_until) + interval '5 seconds' AS since FROM annotation_lane l
        WHERE l.served AND greatest(l.due_at, l.lease_until) <= now()
          AND (l.credential IS NULL OR annotation_held_until(l.tenant_id, l.credential) IS NULL)
        ORDER BY greatest(l.due_at, l.lease_until) LIMIT most
        FOR UPDATE SKIP LOCKED
      ), due AS (
        SELECT lane FROM (SELECT * FROM fresh UNION ALL SELECT * FROM served) AS candidate ORDER BY since LIMIT most
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
 * under the same lease, unless its credential is on hold; otherwise the lease is released. A lane without operations is
 * removed. `item` identifies the results.
 */
export const SETTLE = `
  CREATE OR REPLACE FUNCTION annotation_settle(batch jsonb)
  RETURNS TABLE (item integer, result text, begun annotation_operation, integration_generation integer)
  LANGUAGE plpgsql AS $$
  #variable_conflict use_column
  DECLARE
    given record;
    ended annotation_operation;
    head record;
    credential text;
    held_until timestamptz;
  BEGIN
    FOR given IN
      SELECT * FROM jsonb_to_recordset(batch) AS conclusion (
        item integer, id uuid, lane text, lease_token uuid, state text, outcome jsonb, event text, event_data jsonb, go_on boolean)
      ORDER BY lane COLLATE "C"
    LOOP
      item := given.item;
      begun := NULL;
      integration_generation := NULL;
      SELECT l.credential INTO credential FROM annotation_lane l
      WHERE l.lane = given.lane AND l.lease_token = given.lease_token FOR UPDATE;
      IF NOT FOUND THEN
        result := 'lost';
        RETURN NEXT;
        CONTINUE;
      END IF;

      UPDATE annotation_operation o SET state = given.state, outcome = given.outcome, finished_at = now(), waiting_since = NULL
      WHERE o.id = given.id AND o.lane = given.lane AND o.state = 'running' RETURNING o.* INTO ended;
      IF NOT FOUND THEN
        result := 'not_running';
        RETURN NEXT;
        CONTINUE;
      END IF;

      INSERT INTO outbox (event_id, tenant_id, integration_id, type, provider, event, generation, data)
      VALUES (gen_random_uuid(), ended.tenant_id, ended.integration_id, ended.integration_type, ended.provider,
              given.event, ended.generation, given.event_data);

      held_until := annotation_held_until(ended.tenant_id, credential);
      IF given.go_on AND held_until IS NULL THEN
        SELECT n.begun, n.integration_generation INTO head FROM annotation_begin_next(ended.lane, ended.tenant_id) n;
        begun := head.begun;
        integration_generation := head.integration_generation;
        result := CASE WHEN (head.begun).id IS NULL THEN 'over' ELSE 'begun' END;
      ELSE
        UPDATE annotation_lane l
        SET due_at = coalesce(held_until, now()), lease_until = NULL, lease_token = NULL, served = true
        WHERE l.lane = given.lane AND EXISTS (
          SELECT FROM annotation_operation open WHERE open.lane = l.lane AND open.state IN ('queued', 'running'));
        result := CASE WHEN FOUND THEN 'released' ELSE 'over' END;
      END IF;
      IF result = 'over' THEN DELETE FROM annotation_lane l WHERE l.lane = given.lane; END IF;
      RETURN NEXT;
    END LOOP;
  END $$`;

/**
 * Puts a running operation back at the head of its lane for `wait_ms` milliseconds, and releases the lease. Returns the
 * time of the next attempt. `lost`: the lease has another holder. `not_running`: there is nothing to put back.
 */
export const RESCHEDULE = `
  CREATE FUNCTION annotation_reschedule(
    of_id uuid, of_lane text, of_token uuid, wait_ms bigint, last_outcome jsonb, counts boolean,
    OUT result text, OUT next_attempt_at timestamptz
  ) LANGUAGE plpgsql AS $$
  #variable_conflict use_column
  BEGIN
    PERFORM FROM annotation_lane l WHERE l.lane = of_lane AND l.lease_token = of_token FOR UPDATE;
    IF NOT FOUND THEN
      result := 'lost';
      RETURN;
    END IF;
    next_attempt_at := date_trunc('milliseconds', now() + wait_ms * interval '1 millisecond');
    UPDATE annotation_operation o
    SET state = 'queued', next_attempt_at = annotation_reschedule.next_attempt_at, outcome = last_outcome,
        attempts = o.attempts - CASE WHEN counts THEN 0 ELSE 1 END,
        waiting_since = CASE WHEN counts THEN o.waiting_since ELSE coalesce(o.waiting_since, now()) END
    WHERE o.id = of_id AND o.lane = of_lane AND o.state = 'running';
    IF NOT FOUND THEN
      result := 'not_running';
      RETURN;
    END IF;
    result := 'rescheduled';
    UPDATE annotation_lane l
    SET due_at = annotation_reschedule.next_attempt_at, lease_until = NULL, lease_token = NULL WHERE l.lane = of_lane;
  END $$`;
