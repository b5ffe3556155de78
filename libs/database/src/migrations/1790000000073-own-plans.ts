import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Searches by words and tags are planned for the tenant that asks. Since PostgreSQL 18 a function keeps the plan of its
 * first calls for the session. The plan for a large tenant reads the rows of all tenants, and was then used for small ones
 * as well.
 */
export class OwnPlans1790000000073 implements MigrationInterface {
  readonly name = 'OwnPlans1790000000073';

  async up(runner: QueryRunner): Promise<void> {
    for (const name of FUNCTIONS) await runner.query(`ALTER FUNCTION ${name} SET plan_cache_mode = force_custom_plan`);
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const name of FUNCTIONS) await runner.query(`ALTER FUNCTION ${name} RESET plan_cache_mode`);
  }
}

const FUNCTIONS = ['matching_integrations(tsquery, integer)', 'tagged_integrations(text, integer)'];
