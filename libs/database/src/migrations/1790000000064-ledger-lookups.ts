import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Indexes to list what was posted to a repository or through an integration, newest first, without reading the whole ledger
 * where that is little or long ago. An index costs every operation three entries, so commits and pull requests have none of
 * their own: they are looked up in their repository. repository_key is a column because lower() is not LEAKPROOF: an index
 * on the expression would not serve a tenant.
 */
export class LedgerLookups1790000000064 implements MigrationInterface {
  readonly name = 'LedgerLookups1790000000064';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE annotation_operation ADD COLUMN repository_key text GENERATED ALWAYS AS (lower(repository)) STORED;
      CREATE INDEX annotation_operation_of_repository
        ON annotation_operation (tenant_id, repository_key, accepted_at DESC, id DESC);
      CREATE INDEX annotation_operation_of_integration
        ON annotation_operation (tenant_id, integration_id, accepted_at DESC, id DESC);
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      DROP INDEX annotation_operation_of_integration;
      ALTER TABLE annotation_operation DROP COLUMN repository_key;
    `);
  }
}
