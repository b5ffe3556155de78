import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Indexes to find rare registrations among many: by type, provider, tag and address, and disabled ones. */
export class RareRegistrations1790000000063 implements MigrationInterface {
  readonly name = 'RareRegistrations1790000000063';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(REGISTRATIONS);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      DROP FUNCTION tagged_integrations(text, integer);
      DROP INDEX integration_of_type, integration_of_provider, integration_disabled, integration_endpoint, integration_tags;
      CREATE INDEX integration_enabled ON integration (tenant_id, type, created_at, id)
        WHERE deleted_at IS NULL AND enabled;
      CREATE INDEX integration_tags ON integration USING gin (tags) WHERE deleted_at IS NULL;
    `);
  }
}

/**
 * The index by type also serves enabled registrations, which had an index of their own. The index of tags, like that of
 * words, was never used since row-level security, because `@>` is not LEAKPROOF either. The prefix operator `^@` is.
 */
const REGISTRATIONS = `
  DROP INDEX integration_enabled, integration_tags;
  CREATE INDEX integration_of_type ON integration (tenant_id, type, created_at, id) WHERE deleted_at IS NULL;
  CREATE INDEX integration_of_provider ON integration (tenant_id, provider, created_at, id) WHERE deleted_at IS NULL;
  CREATE INDEX integration_disabled ON integration (tenant_id, created_at, id) WHERE deleted_at IS NULL AND NOT enabled;
  CREATE INDEX integration_endpoint ON integration (tenant_id, type, endpoint text_pattern_ops)
    WHERE deleted_at IS NULL AND enabled;
  CREATE INDEX integration_tags ON integration USING gin (tags);
  CREATE FUNCTION tagged_integrations(tag text, at_most integer) RETURNS SETOF uuid
  LANGUAGE sql STABLE SECURITY DEFINER
  BEGIN ATOMIC
    WITH matching AS MATERIALIZED (
      SELECT id FROM integration
      WHERE tenant_id = current_setting('integrations.tenant', true) AND tags @> ARRAY[tag]
    )
    SELECT id FROM matching LIMIT at_most;
  END;
  REVOKE ALL ON FUNCTION tagged_integrations(text, integer) FROM PUBLIC;
  GRANT EXECUTE ON FUNCTION tagged_integrations(text, integer) TO integrations_tenant;`;
