import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Events of the platform itself belong to no tenant and no integration. They share one sequence, under the nil UUID. */
export class SystemEvents1790000000015 implements MigrationInterface {
  readonly name = 'SystemEvents1790000000015';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE outbox ALTER COLUMN type DROP NOT NULL, ALTER COLUMN provider DROP NOT NULL,
        ALTER COLUMN generation DROP NOT NULL,
        ADD CONSTRAINT outbox_of_integration_or_system CHECK (
          CASE WHEN integration_id = '00000000-0000-0000-0000-000000000000'
          THEN num_nonnulls(type, provider, generation) = 0 ELSE num_nonnulls(type, provider, generation) = 3 END);
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      DELETE FROM outbox WHERE type IS NULL;
      ALTER TABLE outbox DROP CONSTRAINT outbox_of_integration_or_system, ALTER COLUMN type SET NOT NULL,
        ALTER COLUMN provider SET NOT NULL, ALTER COLUMN generation SET NOT NULL;
    `);
  }
}
