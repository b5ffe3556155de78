import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Indexes to remove old operations from the ledger by age, unless an earlier parked one may still be replayed. */
export class LedgerRetention1790000000062 implements MigrationInterface {
  readonly name = 'LedgerRetention1790000000062';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE INDEX annotation_operation_age ON annotation_operation (finished_at, id)
        WHERE state IN ('succeeded', 'failed', 'superseded', 'cancelled');
      CREATE INDEX annotation_operation_parked_in_lane ON annotation_operation (lane, position)
        WHERE state = 'parked_offline';
      GRANT DELETE ON annotation_operation TO integrations_system;
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      REVOKE DELETE ON annotation_operation FROM integrations_system;
      DROP INDEX annotation_operation_age, annotation_operation_parked_in_lane;
    `);
  }
}
