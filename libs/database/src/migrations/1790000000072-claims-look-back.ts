import type { MigrationInterface, QueryRunner } from 'typeorm';
import { CLAIM as CLAIM_BEFORE } from './1790000000021-fair-lanes';

/**
 * A claim names the providers whose plugins the dispatcher has, and the ready times from which to look for new lanes and
 * for lanes served before. Omitted parameters mean any provider, and from the beginning.
 */
export class ClaimsLookBack1790000000072 implements MigrationInterface {
  readonly name = 'ClaimsLookBack1790000000072';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query('DROP FUNCTION annotation_claim(integer, integer)');
    await runner.query(CLAIM);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP FUNCTION annotation_claim(integer, integer, text[], timestamptz, timestamptz)');
    await runner.query(CLAIM_BEFORE);
    await runner.query('ALTER FUNCTION annotation_claim(integer, integer) SET enable_seqscan = off');
  }
}

const due = (since: string): string => `
          greatest(l.due_at, l.lease_until) BETWEEN coalesce(${since}, '-infinity') AND now()
          AND (l.credential IS NULL OR annotation_held_until(l.tenant_id, l.credential) IS NULL)
          AND (providers IS NULL OR (
            SELECT o.provider = ANY (providers) FROM annotation_operation o
            WHERE o.lane = l.lane AND o.state IN ('queued', 'running') ORDER BY o.position LIMIT 1) IS NOT FALSE)`;

/**
 * As before, except for the lanes it skips, and that it returns since when each lane was ready. The next operation of a lane
 * shows the lane's provider, because a lane belongs to one integration. Due lanes are read in index order: PostgreSQL would
 * otherwise gather and sort all of 2,000 lanes for each claim.
 */
const CLAIM = `
  CREATE FUNCTION annotation_claim(most integer, lease_ms integer, providers text[] DEFAULT NULL,
    new_since timestamptz DEFAULT NULL, served_since timestamptz DEFAULT NULL)
  RETURNS TABLE (lane text, tenant_id text, lease_token uuid, begun annotation_operation, integration_generation integer,
    served boolean, ready_at timestamptz)
  LANGUAGE plpgsql SET enable_seqscan = off SET enable_bitmapscan = off AS $$
  #variable_conflict use_column
  DECLARE
    leased record;
    head record;
  BEGIN
    FOR leased IN
      WITH fresh AS (
        SELECT l.lane, greatest(l.due_at, l.lease_until) AS ready_at FROM annotation_lane l
        WHERE NOT l.served AND ${due('new_since')}
        ORDER BY greatest(l.due_at, l.lease_until) LIMIT most
        FOR UPDATE SKIP LOCKED
      ), served AS (
        SELECT l.lane, greatest(l.due_at, l.lease_until) AS ready_at FROM annotation_lane l
        WHERE l.served AND ${due('served_since')}
        ORDER BY greatest(l.due_at, l.lease_until) LIMIT most
        FOR UPDATE SKIP LOCKED
      ), due AS (
        SELECT lane, ready_at FROM (
          SELECT lane, ready_at, ready_at AS since FROM fresh
          UNION ALL SELECT lane, ready_at, ready_at + interval '5 seconds' FROM served
        ) AS candidate ORDER BY since LIMIT most
      )
      UPDATE annotation_lane l
      SET lease_until = now() + lease_ms * interval '1 millisecond', lease_token = gen_random_uuid()
      FROM due WHERE l.lane = due.lane RETURNING l.*, due.ready_at
    LOOP
      SELECT n.begun, n.integration_generation INTO head FROM annotation_begin_next(leased.lane, leased.tenant_id) n;
      IF (head.begun).id IS NULL THEN
        DELETE FROM annotation_lane l WHERE l.lane = leased.lane;
        -- Who names none is a dispatcher of before, and knows only of lanes that have begun.
        CONTINUE WHEN providers IS NULL;
      END IF;
      RETURN QUERY SELECT leased.lane, leased.tenant_id, leased.lease_token, head.begun, head.integration_generation,
        leased.served, leased.ready_at;
    END LOOP;
  END $$`;
