import type { MigrationInterface, QueryRunner } from 'typeorm';
import { BEGIN_NEXT as BEGIN_NEXT_BEFORE } from './1790000000007-annotation-path';
import { SETTLE as SETTLE_BEFORE } from './1790000000021-fair-lanes';

/**
 * Lowers what an operation costs PostgreSQL, and so the caller's wait, without changing any result. The head of a lane is
 * always found by the lane. The function that ends an operation keeps its plans, some of which PostgreSQL used to make at
 * each call. The end of a lane's last operation does not wait for the disk where its outcome could be learned again
 * (docs/decisions/0013-ends-that-need-no-disk.md).
 */
export class QuickSettling1790000000041 implements MigrationInterface {
  readonly name = 'QuickSettling1790000000041';

  async up(runner: QueryRunner): Promise<void> {
    for (const statement of [BEGIN_NEXT, SETTLE]) await runner.query(statement);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(BEGIN_NEXT_BEFORE.replace('CREATE FUNCTION', 'CREATE OR REPLACE FUNCTION'));
    await runner.query(SETTLE_BEFORE);
  }
}

/**
 * Compares the tenant only after finding the operation. On a young table PostgreSQL may otherwise read all rows of the
 * tenant in that state, dead ones included.
 */
const BEGIN_NEXT = `
  CREATE OR REPLACE FUNCTION annotation_begin_next(
    of_lane text, of_tenant text, OUT begun annotation_operation, OUT integration_generation integer
  ) LANGUAGE plpgsql AS $$
  BEGIN
    UPDATE annotation_operation o
    SET state = 'running', attempts = o.attempts + 1, next_attempt_at = NULL,
        started_at = coalesce(o.started_at, now())
    WHERE o.tenant_id = of_tenant AND o.id = (
      SELECT head.id FROM annotation_operation head
      WHERE head.lane = of_lane AND head.state IN ('queued', 'running')
      ORDER BY head.position LIMIT 1)
    RETURNING o.* INTO begun;
    IF NOT FOUND THEN RETURN; END IF;
    SELECT i.generation INTO integration_generation FROM integration i
    WHERE i.id = begun.integration_id AND i.tenant_id = begun.tenant_id AND i.enabled AND i.deleted_at IS NULL;
  END $$`;

export const SETTLE = `
  CREATE OR REPLACE FUNCTION annotation_settle(batch jsonb)
  RETURNS TABLE (item integer, result text, begun annotation_operation, integration_generation integer)
  LANGUAGE plpgsql SET plan_cache_mode = force_generic_plan AS $$
  #variable_conflict use_column
  DECLARE
    given record;
    ended annotation_operation;
    head record;
    credential text;
    held_until timestamptz;
    may_be_lost boolean := true;
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
      may_be_lost := may_be_lost AND result = 'over' AND given.state = 'succeeded';
      RETURN NEXT;
    END LOOP;
    IF may_be_lost THEN PERFORM set_config('synchronous_commit', 'off', true); END IF;
  END $$`;
