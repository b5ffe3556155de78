import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What was slow to answer is claimed apart from all else, so that what hangs takes no places of what does not. */
export class SlowTargets1790000000040 implements MigrationInterface {
  readonly name = 'SlowTargets1790000000040';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      -- The last probe of it took more than half of the time that a probe may take.
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
