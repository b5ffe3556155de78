import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * What is parked in a lane has one index, for who holds an operation back because of it and for who keeps the ledger to its
 * size, and that is the only one which answers them: PostgreSQL took one of all that is parked of the tenant, where it last
 * knew of little there.
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
