import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Lets a tenant search by the index of words. Under row-level security PostgreSQL uses an index only for LEAKPROOF
 * operators. `@@` is not LEAKPROOF, and only a superuser could declare it so. This function runs as the owner of the table,
 * to whom no policy applies, and restricts itself to the tenant. Its body is bound to the table at creation, so the
 * search_path does not matter.
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
