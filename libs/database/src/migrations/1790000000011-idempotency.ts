import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Responses to requests with an idempotency key; `status` and `response` are NULL while the request is in flight. */
export class Idempotency1790000000011 implements MigrationInterface {
  readonly name = 'Idempotency1790000000011';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE idempotency_key (
        tenant_id text NOT NULL,
        key text NOT NULL,
        route text NOT NULL,
        body_hash text NOT NULL,
        status integer,
        response jsonb,
        created_at timestamptz(3) NOT NULL DEFAULT now(),
        PRIMARY KEY (tenant_id, key),
        CHECK ((status IS NULL) = (response IS NULL))
      );
      CREATE INDEX idempotency_key_oldest ON idempotency_key (created_at);
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE idempotency_key');
  }
}
