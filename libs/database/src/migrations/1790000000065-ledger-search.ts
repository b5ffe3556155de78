import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Indexes to list what was posted to a commit or for an owner, whatever the repository. A commit has few operations, so
 * they are sorted when read: its index holds no times, and one entry covers all of them. An owner may have many.
 */
export class LedgerSearch1790000000065 implements MigrationInterface {
  readonly name = 'LedgerSearch1790000000065';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE INDEX annotation_operation_of_commit ON annotation_operation (tenant_id, commit_sha)
        WHERE commit_sha IS NOT NULL;
      CREATE INDEX annotation_operation_of_owner
        ON annotation_operation (tenant_id, owner, accepted_at DESC, id DESC);
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP INDEX annotation_operation_of_commit, annotation_operation_of_owner');
  }
}
