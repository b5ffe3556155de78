import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Indexes to list what was posted to a pull request, with or without its repository, and the operations of one kind. Both
 * used to be searched for among all operations of the tenant or the repository.
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
