import type { MigrationInterface, QueryRunner } from 'typeorm';

/** The maintenance window of an integration. Past windows are gaps in its health history. */
export class Maintenance1790000000017 implements MigrationInterface {
  readonly name = 'Maintenance1790000000017';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE integration ADD COLUMN maintenance_until timestamptz(3), ADD COLUMN maintenance_reason text,
        ADD CONSTRAINT integration_maintenance CHECK (maintenance_until IS NOT NULL OR maintenance_reason IS NULL);
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE integration DROP COLUMN maintenance_until, DROP COLUMN maintenance_reason');
  }
}
