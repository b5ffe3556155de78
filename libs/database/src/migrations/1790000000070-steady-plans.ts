import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * The annotation path finds what it needs by an index, whatever PostgreSQL last knew of its tables. It plans these
 * statements once, often while no lane is there, and reading all of an empty table looks cheapest: thousands of lanes
 * later, each end of an operation would read all of them, until PostgreSQL looks at the table again.
 */
export class SteadyPlans1790000000070 implements MigrationInterface {
  readonly name = 'SteadyPlans1790000000070';

  async up(runner: QueryRunner): Promise<void> {
    for (const name of FUNCTIONS) await runner.query(`ALTER FUNCTION ${name} SET enable_seqscan = off`);
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const name of FUNCTIONS) await runner.query(`ALTER FUNCTION ${name} RESET enable_seqscan`);
  }
}

/** What the apps call; what these call is planned under the same setting. */
const FUNCTIONS = [
  'annotation_accept(jsonb, jsonb)',
  'annotation_claim(integer, integer)',
  'annotation_settle(jsonb)',
  'annotation_reschedule(uuid, text, uuid, bigint, jsonb, boolean)',
  'annotation_take(jsonb, timestamptz)',
  'annotation_hold(text, text, bigint)',
];
