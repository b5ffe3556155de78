import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Events on their way to JetStream, and the last sequence assigned to the events of each integration. */
export class Outbox1790000000003 implements MigrationInterface {
  readonly name = 'Outbox1790000000003';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE outbox (
        id bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY,
        event_id uuid NOT NULL,
        tenant_id text NOT NULL,
        integration_id uuid NOT NULL,
        type text NOT NULL CHECK (type IN ('scm', 'registry', 'ci', 'runtime_host')),
        provider text NOT NULL,
        event text NOT NULL,
        generation integer NOT NULL,
        data jsonb NOT NULL CHECK (jsonb_typeof(data) = 'object'),
        occurred_at timestamptz(3) NOT NULL DEFAULT now(),
        sequence bigint CHECK (sequence > 0),
        published_at timestamptz,
        CHECK (published_at IS NULL OR sequence IS NOT NULL)
      ) WITH (fillfactor = 80, autovacuum_vacuum_scale_factor = 0.02);
      CREATE INDEX outbox_unsequenced ON outbox (id) WHERE sequence IS NULL;
      CREATE INDEX outbox_unpublished ON outbox (integration_id, sequence)
        WHERE sequence IS NOT NULL AND published_at IS NULL;
      CREATE UNIQUE INDEX outbox_sequence ON outbox (integration_id, sequence) WHERE sequence IS NOT NULL;
      CREATE INDEX outbox_published ON outbox (published_at) WHERE published_at IS NOT NULL;

      CREATE TABLE event_sequence (
        integration_id uuid PRIMARY KEY,
        last bigint NOT NULL
      ) WITH (fillfactor = 70);
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE event_sequence, outbox');
  }
}
