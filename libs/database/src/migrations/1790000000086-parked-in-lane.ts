import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * One index of parked operations by lane, for holding back later operations and for the retention of the ledger. It is the
 * only index that can serve their queries. Before, PostgreSQL chose the tenant's index of parked operations if statistics
 * showed few rows there.
 */
export class ParkedInLane1790000000086 implements MigrationInterface {
  readonly name = 'ParkedInLane1790000000086';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      DROP INDEX annotation_operation_awaiting_in_lane, annotation_operation_parked_in_lane;
      CREATE INDEX annotation_operation_parked_in_lane ON annotation_operation (lane, position)
        WHERE state || '' = 'parked_offline';
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      DROP INDEX annotation_operation_parked_in_lane;
      CREATE INDEX annotation_operation_parked_in_lane ON annotation_operation (lane, position)
        WHERE state = 'parked_offline';
      CREATE INDEX annotation_operation_awaiting_in_lane ON annotation_operation (lane, position)
        WHERE state = 'parked_offline' AND awaits_vendor;
    `);
  }
}
