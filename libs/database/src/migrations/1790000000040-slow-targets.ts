import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Targets that were slow to answer are claimed separately, so that hanging ones take no slots from the others. */
export class SlowTargets1790000000040 implements MigrationInterface {
  readonly name = 'SlowTargets1790000000040';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      -- The last probe took more than half of a probe's timeout.
      ALTER TABLE probe_target ADD COLUMN slow boolean NOT NULL DEFAULT false;
      DROP INDEX probe_target_ready;
      CREATE INDEX probe_target_ready ON probe_target (provider, slow, greatest(due_at, lease_until));
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      DROP INDEX probe_target_ready;
      ALTER TABLE probe_target DROP COLUMN slow;
      CREATE INDEX probe_target_ready ON probe_target (provider, greatest(due_at, lease_until));
    `);
  }
}
