import type { MigrationInterface, QueryRunner } from 'typeorm';

/** The consumers that rely on an integration. */
export class Dependents1790000000012 implements MigrationInterface {
  readonly name = 'Dependents1790000000012';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE integration_dependent (
        integration_id uuid NOT NULL,
        tenant_id text NOT NULL,
        consumer text NOT NULL,
        note text,
        created_at timestamptz(3) NOT NULL DEFAULT now(),
        updated_at timestamptz(3) NOT NULL DEFAULT now(),
        PRIMARY KEY (integration_id, consumer),
        FOREIGN KEY (tenant_id, integration_id) REFERENCES integration (tenant_id, id) ON DELETE CASCADE
      );
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE integration_dependent');
  }
}
