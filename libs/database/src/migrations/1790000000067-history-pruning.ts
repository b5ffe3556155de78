import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Removes expired health history by key. */
export class HistoryPruning1790000000067 implements MigrationInterface {
  readonly name = 'HistoryPruning1790000000067';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(PRUNE);
    await runner.query(`
      DO $$ BEGIN
        EXECUTE format('ALTER FUNCTION health_history_prune(timestamptz, integer) SET search_path = %I, pg_temp', current_schema());
      END $$`);
  }

  /** Nothing to undo: the previous function did the same, but read more. */
  async down(): Promise<void> {}
}

/** As before, but with arrays: with a subquery, PostgreSQL may read the whole table to join it. */
const PRUNE = `
  CREATE OR REPLACE FUNCTION health_history_prune(as_of timestamptz, most integer) RETURNS integer
  LANGUAGE plpgsql SECURITY DEFINER AS $$
  DECLARE
    old timestamptz := least(as_of, now()) - interval '400 days';
    pruned integer;
    greatest_pruned integer;
  BEGIN
    IF NOT pg_try_advisory_xact_lock(7302016) THEN RETURN 0; END IF;
    DELETE FROM health_transition WHERE position = ANY (ARRAY(
      SELECT position FROM health_transition WHERE at < old ORDER BY at LIMIT most));
    GET DIAGNOSTICS greatest_pruned = ROW_COUNT;
    DELETE FROM health_gap WHERE position = ANY (ARRAY(
      SELECT position FROM health_gap WHERE ended_at < old ORDER BY ended_at LIMIT most));
    GET DIAGNOSTICS pruned = ROW_COUNT;
    greatest_pruned := greatest(greatest_pruned, pruned);
    DELETE FROM health_result_default WHERE ctid = ANY (ARRAY(
      SELECT ctid FROM health_result_default WHERE checked_at < least(as_of, now()) - interval '8 days' LIMIT most));
    GET DIAGNOSTICS pruned = ROW_COUNT;
    RETURN greatest(greatest_pruned, pruned);
  END $$`;
