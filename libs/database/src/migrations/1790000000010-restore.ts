import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Deleted registrations can be listed, and purged with their dependent rows. Outbox and audit trail keep theirs. */
export class Restore1790000000010 implements MigrationInterface {
  readonly name = 'Restore1790000000010';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE INDEX integration_deleted ON integration (tenant_id, created_at DESC, id DESC)
        WHERE deleted_at IS NOT NULL;
      ${referencesWith('ON DELETE CASCADE')}
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`${referencesWith('')} DROP INDEX integration_deleted;`);
  }
}

function referencesWith(action: string): string {
  const tables = ['integration_health', 'probe_schedule'].map(
    (table) => `
      ALTER TABLE ${table} DROP CONSTRAINT ${table}_tenant_id_integration_id_fkey,
        ADD CONSTRAINT ${table}_tenant_id_integration_id_fkey FOREIGN KEY (tenant_id, integration_id)
        REFERENCES integration (tenant_id, id) ${action};`,
  );
  return tables.join('');
}
