import type { MigrationInterface, QueryRunner } from 'typeorm';
import { TAKE, WINDOWS_OPEN as WINDOWS_OPEN_BEFORE } from './1790000000020-call-budgets';

/**
 * A request for a call no longer reads turns that are promised to other operations. With 10,000 operations waiting for one
 * credential, each request would read all their turns, while all other requests wait.
 */
export class PromisedTurns1790000000071 implements MigrationInterface {
  readonly name = 'PromisedTurns1790000000071';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE INDEX annotation_turn_used ON annotation_turn (tenant_id, credential, kind, at DESC) WHERE used;
      CREATE INDEX annotation_turn_promised ON annotation_turn (holder) WHERE NOT used;
    `);
    await replace(runner, [WINDOWS_OPEN, byIndex(TAKE)]);
    await runner.query('ALTER FUNCTION annotation_take(jsonb, timestamptz) SET enable_seqscan = off');
  }

  async down(runner: QueryRunner): Promise<void> {
    await replace(runner, [WINDOWS_OPEN_BEFORE, TAKE]);
    await runner.query(`
      ALTER FUNCTION annotation_take(jsonb, timestamptz) SET enable_seqscan = off;
      DROP INDEX annotation_turn_used, annotation_turn_promised;
    `);
  }
}

/** As before, but in two branches with an index each. */
const WINDOWS_OPEN = `
  CREATE FUNCTION annotation_windows_open(
    of_tenant text, of_credential text, of_kind text, limits jsonb, promised boolean
  ) RETURNS timestamptz LANGUAGE sql AS $$
    SELECT max(nth.at + per_ms * interval '1 millisecond')
    FROM jsonb_to_recordset(limits) AS allowed (most integer, per_ms bigint), LATERAL (
      (SELECT t.at FROM annotation_turn t
       WHERE promised AND t.tenant_id = of_tenant AND t.credential = of_credential AND t.kind = of_kind
       ORDER BY t.at DESC OFFSET allowed.most - 1 LIMIT 1)
      UNION ALL
      (SELECT t.at FROM annotation_turn t
       WHERE NOT promised AND t.used
         AND t.tenant_id = of_tenant AND t.credential = of_credential AND t.kind = of_kind
       ORDER BY t.at DESC OFFSET allowed.most - 1 LIMIT 1)
    ) AS nth
  $$`;

/**
 * As before, but future turns are not read to see whether they have passed, and an operation's own promise is looked up by
 * its holder alone. Used turns are kept for at least a minute.
 */
function byIndex(take: string): string {
  const ofKind = 't.tenant_id = given.tenant_id AND t.credential = given.credential AND t.kind = given.kind';
  const compared = `(t.tenant_id, t.credential, t.kind)
          IS NOT DISTINCT FROM (given.tenant_id, given.credential, given.kind)`;
  return take
    .replace(
      'AND t.at < at_present - CASE',
      "AND t.at < at_present - interval '1 minute'\n        AND t.at < at_present - CASE",
    )
    .replaceAll(new RegExp(`${ofKind}(?=\\s+AND t\\.holder)`, 'g'), compared);
}

async function replace(runner: QueryRunner, statements: readonly string[]): Promise<void> {
  for (const statement of statements)
    await runner.query(statement.replace('CREATE FUNCTION', 'CREATE OR REPLACE FUNCTION'));
}
