import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Where a publication of all tables exists, as for change data capture, PostgreSQL refuses to update or delete rows of a
 * table that has neither a primary key nor a replica identity.
 * https://www.postgresql.org/docs/current/logical-replication-publication.html#LOGICAL-REPLICATION-PUBLICATION-REPLICA-IDENTITY
 */
export class PublishedDeletes1790000000089 implements MigrationInterface {
  readonly name = 'PublishedDeletes1790000000089';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(identify('FULL'));
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(identify('DEFAULT'));
  }
}

/** The other partitions of `health_result` are only inserted into and dropped. */
const identify = (by: 'FULL' | 'DEFAULT') => `
  ALTER TABLE annotation_turn REPLICA IDENTITY ${by};
  ALTER TABLE health_result_default REPLICA IDENTITY ${by}`;
