import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * What was posted to a repository or through an integration, the newest first, without reading the whole ledger where that
 * is little or long ago. Each costs every operation three index entries, so that a commit or pull request has none of its
 * own: it is looked for in its repository. A column, because lower() is not LEAKPROOF: an index on that would not serve a
 * tenant.
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
