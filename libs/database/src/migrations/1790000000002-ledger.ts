import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Annotation operations, and the lanes that keep those of one pull request or commit in order. */
export class Ledger1790000000002 implements MigrationInterface {
  readonly name = 'Ledger1790000000002';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE annotation_operation (
        id uuid PRIMARY KEY,
        position bigint NOT NULL GENERATED ALWAYS AS IDENTITY,
        tenant_id text NOT NULL,
        integration_id uuid NOT NULL,
        integration_type text NOT NULL CHECK (integration_type IN ('scm', 'registry', 'ci', 'runtime_host')),
        provider text NOT NULL,
        generation integer NOT NULL,
        operation text NOT NULL CHECK (operation IN ('comment', 'status', 'check_run')),
        lane text NOT NULL,
        owner text NOT NULL,
        repository text NOT NULL,
        pr_number bigint,
        commit_sha text,
        upsert_key text,
        revision bigint,
        idempotency_key text,
        request jsonb NOT NULL,
        request_hash text NOT NULL,
        state text NOT NULL CHECK (state IN
          ('queued', 'running', 'succeeded', 'failed', 'parked_offline', 'superseded', 'cancelled')),
        attempts integer NOT NULL DEFAULT 0 CHECK (attempts >= 0),
        next_attempt_at timestamptz(3),
        accepted_at timestamptz(3) NOT NULL DEFAULT now(),
        deadline_at timestamptz(3),
        started_at timestamptz(3),
        finished_at timestamptz(3),
        outcome jsonb,
        CHECK ((state IN ('queued', 'running')) = (finished_at IS NULL))
      );
      CREATE UNIQUE INDEX annotation_operation_idempotency ON annotation_operation (tenant_id, idempotency_key)
        WHERE idempotency_key IS NOT NULL;
      CREATE INDEX annotation_operation_open ON annotation_operation (lane, position)
        WHERE state IN ('queued', 'running');
      CREATE INDEX annotation_operation_upsert ON annotation_operation (lane, operation, upsert_key)
        WHERE upsert_key IS NOT NULL;
      CREATE INDEX annotation_operation_newest ON annotation_operation (tenant_id, accepted_at DESC, id DESC);
      CREATE INDEX annotation_operation_by_state ON annotation_operation (tenant_id, state, accepted_at DESC, id DESC);

      -- A row exists while the lane has open operations.
      CREATE TABLE annotation_lane (
        lane text PRIMARY KEY,
        tenant_id text NOT NULL,
        due_at timestamptz NOT NULL,
        lease_until timestamptz,
        lease_token uuid,
        CHECK ((lease_until IS NULL) = (lease_token IS NULL))
      ) WITH (fillfactor = 70, autovacuum_vacuum_scale_factor = 0.02);
      CREATE INDEX annotation_lane_ready ON annotation_lane (greatest(due_at, lease_until));
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE annotation_lane, annotation_operation');
  }
}
