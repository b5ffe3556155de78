import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Parses a table name as a day only if it has the form of a partition's name. PostgreSQL may evaluate the condition on all
 * tables before it checks which of them are partitions, and then any other name made the function fail.
 */
export class HistoryPartitions1790000000050 implements MigrationInterface {
  readonly name = 'HistoryPartitions1790000000050';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(KEEP);
    await runner.query(`
      DO $$ BEGIN
        EXECUTE format('ALTER FUNCTION health_result_keep(timestamptz) SET search_path = %I, pg_temp', current_schema());
      END $$`);
  }

  /** Nothing to undo: the previous function did the same when it did not fail. */
  async down(): Promise<void> {}
}

/** As before, except for the check of the partition's name. */
const KEEP = String.raw`
  CREATE OR REPLACE FUNCTION health_result_keep(as_of timestamptz) RETURNS void LANGUAGE plpgsql SECURITY DEFINER
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
      WHERE i.inhparent = 'health_result'::regclass
        AND CASE WHEN c.relname ~ '^health_result_\d{8}$' THEN
              to_date(right(c.relname, 8), 'YYYYMMDD') + 8 <= least(as_of, now())::date END
    LOOP
      EXECUTE format('DROP TABLE %I', partition);
    END LOOP;
  END $$`;
