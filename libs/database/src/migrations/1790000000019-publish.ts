import type { MigrationInterface, QueryRunner } from 'typeorm';

/** The ledger accepts `publish`: one operation for everything that shows the result of a scan. */
export class Publish1790000000019 implements MigrationInterface {
  readonly name = 'Publish1790000000019';

  async up(runner: QueryRunner): Promise<void> {
    await allow(runner, ['comment', 'status', 'check_run', 'publish']);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query("DELETE FROM annotation_operation WHERE operation = 'publish'");
    await allow(runner, ['comment', 'status', 'check_run']);
  }
}

async function allow(runner: QueryRunner, operations: readonly string[]): Promise<void> {
  const list = operations.map((operation) => `'${operation}'`).join(', ');
  await runner.query(`
    ALTER TABLE annotation_operation
      DROP CONSTRAINT annotation_operation_operation_check,
      ADD CONSTRAINT annotation_operation_operation_check CHECK (operation IN (${list}))`);
}
