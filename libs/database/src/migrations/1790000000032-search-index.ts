import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Lets a tenant search by the index of words. Under row-level security PostgreSQL uses an index only for operators that are
 * LEAKPROOF, which `@@` is not and only a superuser could call so. This function runs as the owner of the table, whom no
 * policy concerns, and keeps to the tenant itself. Its body is bound to the table when it is made: no search_path matters.
 */
export class SearchIndex1790000000032 implements MigrationInterface {
  readonly name = 'SearchIndex1790000000032';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE FUNCTION matching_integrations(query tsquery, at_most integer) RETURNS SETOF uuid
      LANGUAGE sql STABLE SECURITY DEFINER
      BEGIN ATOMIC
        -- Planned as if all were wanted: with the limit in sight, PostgreSQL would hope to walk into them early.
        WITH matching AS MATERIALIZED (
          SELECT id FROM integration
          WHERE tenant_id = current_setting('integrations.tenant', true) AND words @@ query
        )
        SELECT id FROM matching LIMIT at_most;
      END;
      REVOKE ALL ON FUNCTION matching_integrations(tsquery, integer) FROM PUBLIC;
      GRANT EXECUTE ON FUNCTION matching_integrations(tsquery, integer) TO integrations_tenant;
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP FUNCTION matching_integrations(tsquery, integer)');
  }
}
