import type { MigrationInterface, QueryRunner } from 'typeorm';
import { ACCEPT as ACCEPT_BEFORE } from './1790000000021-fair-lanes';

/**
 * An operation may have left a check run half made when something newer supersedes it. It then keeps its place in the lane
 * until that check run is concluded.
 */
export class HalfMade1790000000051 implements MigrationInterface {
  readonly name = 'HalfMade1790000000051';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      -- Set before the first write that needs another write to complete it.
      ALTER TABLE annotation_operation ADD half_made boolean NOT NULL DEFAULT false;
      -- How the operation ends once its half-made check run is concluded: its state, its outcome and why.
      ALTER TABLE annotation_operation ADD ending jsonb;
      CREATE INDEX annotation_operation_half_made ON annotation_operation (lane) WHERE half_made AND state = 'queued';
    `);
    await runner.query(ACCEPT);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(ACCEPT_BEFORE);
    await runner.query(`
      DROP INDEX annotation_operation_half_made;
      ALTER TABLE annotation_operation DROP ending, DROP half_made;
    `);
  }
}

/** As before, except for half-made operations under the same key. Also keeps plans that PostgreSQL made at each call. */
export const ACCEPT = `
  CREATE OR REPLACE FUNCTION annotation_accept(batch jsonb, superseded_outcome jsonb)
  RETURNS TABLE (id uuid, result text, superseded_ids uuid[])
  LANGUAGE plpgsql SET plan_cache_mode = force_generic_plan AS $$
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
            AND w.state = 'queued' AND NOT w.half_made AND w.id <> o.id AND (w.revision IS NULL OR w.revision <= o.revision)
          RETURNING w.id
        )
        SELECT coalesce(array_agg(ended.id), '{}') INTO superseded_ids FROM ended;
        -- What is half made is not superseded at once: it is told how it is to end.
        UPDATE annotation_operation w
        SET ending = jsonb_build_object('state', 'superseded', 'newerCommit', o.commit_sha,
                                        'outcome', jsonb_set(superseded_outcome, '{operationId}', to_jsonb(w.id)))
        WHERE w.lane = o.lane AND w.operation = o.operation AND w.upsert_key = o.upsert_key
          AND w.state = 'queued' AND w.half_made AND w.ending IS NULL AND w.id <> o.id
          AND (w.revision IS NULL OR w.revision <= o.revision);
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
