import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * What was posted to a commit or for an owner, whatever the repository. A commit has few operations, which are sorted: its
 * index holds no times, and so one entry stands for all of them. An owner may have many.
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
