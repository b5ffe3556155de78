import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * The health history of integrations: changes of the status, periods that say nothing about it, and the result of every
 * probe. Results are many and are kept for a week, in partitions of a day (UTC) that are dropped whole.
 */
export class HealthHistory1790000000016 implements MigrationInterface {
  readonly name = 'HealthHistory1790000000016';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(TABLES);
    await runner.query(KEEP);
    await runner.query(PRUNE);
    await runner.query(`
      DO $$ BEGIN
        EXECUTE format('ALTER FUNCTION health_result_keep(timestamptz) SET search_path = %I, pg_temp', current_schema());
        EXECUTE format('ALTER FUNCTION health_history_prune(timestamptz, integer) SET search_path = %I, pg_temp', current_schema());
      END $$;
      SELECT health_result_keep(now());
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      DROP FUNCTION health_history_prune(timestamptz, integer);
      DROP FUNCTION health_result_keep(timestamptz);
      DROP TABLE health_result, health_gap, health_transition;
    `);
  }
}

const TABLES = `
  CREATE TABLE health_transition (
    position bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    tenant_id text NOT NULL,
    integration_id uuid NOT NULL,
    at timestamptz(3) NOT NULL,
    from_status text NOT NULL CHECK (from_status IN ('unknown', 'healthy', 'degraded', 'unhealthy')),
    to_status text NOT NULL CHECK (to_status IN ('unknown', 'healthy', 'degraded', 'unhealthy')),
    reason_code text NOT NULL,
    flapping boolean NOT NULL,
    FOREIGN KEY (tenant_id, integration_id) REFERENCES integration (tenant_id, id) ON DELETE CASCADE
  );
  CREATE INDEX health_transition_of ON health_transition (tenant_id, integration_id, at DESC, position DESC);
  CREATE INDEX health_transition_age ON health_transition (at);

  -- Stale: no check for too long. Maintenance: the end may be in the future.
  CREATE TABLE health_gap (
    position bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    tenant_id text NOT NULL,
    integration_id uuid NOT NULL,
    kind text NOT NULL CHECK (kind IN ('stale', 'maintenance')),
    began_at timestamptz(3) NOT NULL,
    ended_at timestamptz(3) NOT NULL CHECK (ended_at >= began_at),
    FOREIGN KEY (tenant_id, integration_id) REFERENCES integration (tenant_id, id) ON DELETE CASCADE
  );
  CREATE INDEX health_gap_of ON health_gap (tenant_id, integration_id, ended_at DESC);
  CREATE INDEX health_gap_age ON health_gap (ended_at);

  -- No foreign key: it would lock the integration's row with every probe.
  CREATE TABLE health_result (
    integration_id uuid NOT NULL,
    checked_at timestamptz(3) NOT NULL,
    latency_ms integer NOT NULL,
    tenant_id text NOT NULL,
    status text NOT NULL,
    code text NOT NULL
  ) PARTITION BY RANGE (checked_at);
  CREATE INDEX health_result_of ON health_result (integration_id, checked_at DESC);
  -- A missing partition of a day must not fail a probe.
  CREATE TABLE health_result_default PARTITION OF health_result DEFAULT;`;

/**
 * Creates the partitions from yesterday to three days ahead. Drops those that ended a week before both \`as_of\`, the
 * caller's clock, and now, PostgreSQL's clock: a wrong clock must not cost the history. A day that began in the default
 * partition stays there. SECURITY DEFINER, because an app need not own the tables.
 */
const KEEP = `
  CREATE FUNCTION health_result_keep(as_of timestamptz) RETURNS void LANGUAGE plpgsql SECURITY DEFINER
  SET timezone = 'UTC'
  -- Waiting for the tables, it would hold up every probe behind it.
  SET lock_timeout = '2s' AS $$
  DECLARE
    day date;
    partition text;
  BEGIN
    IF NOT pg_try_advisory_xact_lock(7302016) THEN RETURN; END IF;
    FOR day IN SELECT current_date + ahead FROM generate_series(-1, 3) AS ahead LOOP
      partition := 'health_result_' || to_char(day, 'YYYYMMDD');
      CONTINUE WHEN to_regclass(partition) IS NOT NULL OR EXISTS (
        SELECT FROM health_result_default WHERE checked_at >= day AND checked_at < day + 1);
      EXECUTE format('CREATE TABLE %I PARTITION OF health_result FOR VALUES FROM (%L) TO (%L)',
                     partition, day || ' 00:00Z', day + 1 || ' 00:00Z');
    END LOOP;
    FOR partition IN
      SELECT c.relname FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
      WHERE i.inhparent = 'health_result'::regclass AND c.relname <> 'health_result_default'
        AND to_date(right(c.relname, 8), 'YYYYMMDD') + 8 <= least(as_of, now())::date
    LOOP
      EXECUTE format('DROP TABLE %I', partition);
    END LOOP;
  END $$`;

/** Removes expired rows, at most \`most\` of each table. Returns the largest number removed from one table. */
const PRUNE = `
  CREATE FUNCTION health_history_prune(as_of timestamptz, most integer) RETURNS integer LANGUAGE plpgsql SECURITY DEFINER AS $$
  DECLARE
    old timestamptz := least(as_of, now()) - interval '400 days';
    pruned integer;
    greatest_pruned integer;
  BEGIN
    IF NOT pg_try_advisory_xact_lock(7302016) THEN RETURN 0; END IF;
    DELETE FROM health_transition WHERE position IN (
      SELECT position FROM health_transition WHERE at < old ORDER BY at LIMIT most);
    GET DIAGNOSTICS greatest_pruned = ROW_COUNT;
    DELETE FROM health_gap WHERE position IN (
      SELECT position FROM health_gap WHERE ended_at < old ORDER BY ended_at LIMIT most);
    GET DIAGNOSTICS pruned = ROW_COUNT;
    greatest_pruned := greatest(greatest_pruned, pruned);
    DELETE FROM health_result_default WHERE ctid = ANY (ARRAY(
      SELECT ctid FROM health_result_default WHERE checked_at < least(as_of, now()) - interval '8 days' LIMIT most));
    GET DIAGNOSTICS pruned = ROW_COUNT;
    RETURN greatest(greatest_pruned, pruned);
  END $$`;
