import type { MigrationInterface, QueryRunner } from 'typeorm';

/** The rate limits of each credential, shared by all dispatchers. Times follow PostgreSQL's clock. */
export class CallBudgets1790000000020 implements MigrationInterface {
  readonly name = 'CallBudgets1790000000020';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      -- A row exists once a limit of the credential has mattered.
      CREATE TABLE annotation_budget (
        tenant_id text NOT NULL,
        credential text NOT NULL,
        -- The vendor asked everybody under the credential to wait.
        held_until timestamptz,
        PRIMARY KEY (tenant_id, credential)
      );

      -- A call that was made, or a later call that was promised to an operation.
      CREATE TABLE annotation_turn (
        tenant_id text NOT NULL,
        credential text NOT NULL,
        kind text NOT NULL,
        at timestamptz NOT NULL,
        holder uuid NOT NULL,
        used boolean NOT NULL
      );
      CREATE INDEX annotation_turn_newest ON annotation_turn (tenant_id, credential, kind, at DESC);

      ALTER TABLE annotation_lane ADD COLUMN credential text;
      CREATE INDEX annotation_lane_credential ON annotation_lane (tenant_id, credential) WHERE credential IS NOT NULL;

      -- Since when the operation has been waiting for rate limits; NULL if it never had to.
      ALTER TABLE annotation_operation ADD COLUMN waiting_since timestamptz(3);
    `);
    for (const statement of [WINDOWS_OPEN, TAKE, HOLD]) await runner.query(statement);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      DROP FUNCTION annotation_hold(text, text, bigint);
      DROP FUNCTION annotation_take(jsonb, timestamptz);
      DROP FUNCTION annotation_windows_open(text, text, text, jsonb, boolean);
      ALTER TABLE annotation_operation DROP COLUMN waiting_since;
      ALTER TABLE annotation_lane DROP COLUMN credential;
      DROP TABLE annotation_turn, annotation_budget;
    `);
  }
}

/**
 * The earliest time of the next call of a kind. For a limit of n calls, the n-th newest call must have left the window.
 * NULL: at once. `promised`: whether promised calls count as well.
 */
export const WINDOWS_OPEN = `
  CREATE FUNCTION annotation_windows_open(
    of_tenant text, of_credential text, of_kind text, limits jsonb, promised boolean
  ) RETURNS timestamptz LANGUAGE sql AS $$
    SELECT max(nth.at + per_ms * interval '1 millisecond')
    FROM jsonb_to_recordset(limits) AS allowed (most integer, per_ms bigint), LATERAL (
      SELECT t.at FROM annotation_turn t
      WHERE t.tenant_id = of_tenant AND t.credential = of_credential AND t.kind = of_kind AND (t.used OR promised)
      ORDER BY t.at DESC OFFSET allowed.most - 1 LIMIT 1
    ) AS nth
  $$`;

/**
 * `batch`: calls that operations want to make now. Returns the milliseconds that each must wait; 0 if the call may be made,
 * in which case it counts. An operation that must wait is promised a turn after all earlier promises, so that waiting
 * operations go one after the other and nobody overtakes them. When it asks again at that time, the call is granted. A
 * promise lapses if its operation is more than a minute late, and is not given for a time after `latest`. `simulated`: the
 * time, for specs.
 *
 * A promise is kept by counting the windows from granted calls, not from other promises, so that latecomers do not crowd.
 */
export const TAKE = `
  CREATE FUNCTION annotation_take(batch jsonb, simulated timestamptz DEFAULT NULL)
  RETURNS TABLE (item integer, wait_ms double precision) LANGUAGE plpgsql AS $$
  #variable_conflict use_column
  DECLARE
    given record;
    held timestamptz;
    at_present timestamptz;
    own timestamptz;
    turn timestamptz;
  BEGIN
    -- A crash of PostgreSQL forgets the grants of its last moments, and takes longer than they matter to spacing.
    SET LOCAL synchronous_commit = off;
    FOR given IN
      SELECT * FROM jsonb_to_recordset(batch) AS call (
        item integer, tenant_id text, credential text, kind text, holder uuid, limits jsonb, latest timestamptz)
      ORDER BY tenant_id COLLATE "C", credential COLLATE "C", item
    LOOP
      INSERT INTO annotation_budget AS b (tenant_id, credential) VALUES (given.tenant_id, given.credential)
      ON CONFLICT (tenant_id, credential) DO UPDATE SET held_until = b.held_until RETURNING b.held_until INTO held;
      -- Not before the lock: who had it before us granted later than our transaction began.
      at_present := coalesce(simulated, clock_timestamp());

      DELETE FROM annotation_turn t
      WHERE t.tenant_id = given.tenant_id AND t.credential = given.credential AND t.kind = given.kind
        AND t.at < at_present - CASE WHEN t.used THEN (
          SELECT max(per_ms) * interval '1 millisecond' FROM jsonb_to_recordset(given.limits) AS allowed (per_ms bigint)
        ) ELSE interval '1 minute' END;

      SELECT t.at INTO own FROM annotation_turn t
      WHERE t.tenant_id = given.tenant_id AND t.credential = given.credential AND t.kind = given.kind
        AND t.holder = given.holder AND NOT t.used;
      turn := greatest(at_present, held, own, annotation_windows_open(
        given.tenant_id, given.credential, given.kind, given.limits, own IS NULL));

      IF own IS NOT NULL THEN
        UPDATE annotation_turn t SET at = turn, used = turn <= at_present
        WHERE t.tenant_id = given.tenant_id AND t.credential = given.credential AND t.kind = given.kind
          AND t.holder = given.holder AND NOT t.used;
      ELSIF turn <= at_present OR turn <= coalesce(given.latest, 'infinity') THEN
        INSERT INTO annotation_turn (tenant_id, credential, kind, at, holder, used)
        VALUES (given.tenant_id, given.credential, given.kind, turn, given.holder, turn <= at_present);
      END IF;

      item := given.item;
      wait_ms := ceil(extract(epoch FROM turn - at_present) * 1000);
      RETURN NEXT;
    END LOOP;
  END $$`;

/** Makes all lanes of the credential wait for `ms` milliseconds, unless they already wait longer. */
export const HOLD = `
  CREATE FUNCTION annotation_hold(of_tenant text, of_credential text, ms bigint) RETURNS void LANGUAGE plpgsql AS $$
  DECLARE
    until timestamptz := now() + ms * interval '1 millisecond';
  BEGIN
    INSERT INTO annotation_budget AS b (tenant_id, credential, held_until) VALUES (of_tenant, of_credential, until)
    ON CONFLICT (tenant_id, credential) DO UPDATE SET held_until = greatest(b.held_until, excluded.held_until);
    -- So that claims do not meet them again and again. Spread, so that they do not all come back at once.
    UPDATE annotation_lane l SET due_at = until + random() * interval '1 second'
    FROM (
      SELECT w.lane FROM annotation_lane w
      WHERE w.tenant_id = of_tenant AND w.credential = of_credential AND w.lease_token IS NULL AND w.due_at < until
      ORDER BY w.lane COLLATE "C" FOR UPDATE SKIP LOCKED
    ) AS waiting
    WHERE l.lane = waiting.lane;
  END $$`;
