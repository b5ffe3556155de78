import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What somebody did of one kind, and that they never did: who does much else need not be read through for it. */
export class AuditActorAction1790000000066 implements MigrationInterface {
  readonly name = 'AuditActorAction1790000000066';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(
      'CREATE INDEX audit_entry_of_actor_action ON audit_entry (tenant_id, actor, action, at, position)',
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP INDEX audit_entry_of_actor_action');
  }
}
