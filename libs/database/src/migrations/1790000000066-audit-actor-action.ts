import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Finds an actor's entries of one action, or that there are none, without reading everything else the actor did. */
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
