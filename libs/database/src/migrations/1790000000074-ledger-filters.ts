import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * What was posted to a pull request, in a repository with many or whatever the repository, and what was posted of a kind: each
 * was looked for among all that the tenant, or the repository, has in the ledger.
 */
export class LedgerFilters1790000000074 implements MigrationInterface {
  readonly name = 'LedgerFilters1790000000074';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE INDEX annotation_operation_of_pull_request
        ON annotation_operation (tenant_id, pr_number, accepted_at DESC, id DESC) WHERE pr_number IS NOT NULL;
      CREATE INDEX annotation_operation_of_kind
        ON annotation_operation (tenant_id, operation, accepted_at DESC, id DESC);
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP INDEX annotation_operation_of_pull_request, annotation_operation_of_kind');
  }
}
