import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Registrations, their health and when they are probed next. Timestamps that cursors hold have millisecond precision. */
export class Catalog1790000000001 implements MigrationInterface {
  readonly name = 'Catalog1790000000001';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE integration (
        id uuid PRIMARY KEY,
        tenant_id text NOT NULL,
        name text NOT NULL,
        description text,
        type text NOT NULL CHECK (type IN ('scm', 'registry', 'ci', 'runtime_host')),
        provider text NOT NULL,
        endpoint text NOT NULL,
        auth_ref text,
        config jsonb NOT NULL CHECK (jsonb_typeof(config) = 'object'),
        tags text[] NOT NULL,
        enabled boolean NOT NULL,
        interval_seconds integer NOT NULL CHECK (interval_seconds > 0),
        generation integer NOT NULL DEFAULT 1 CHECK (generation > 0),
        created_at timestamptz(3) NOT NULL DEFAULT now(),
        updated_at timestamptz(3) NOT NULL DEFAULT now(),
        deleted_at timestamptz(3),
        CONSTRAINT integration_of_tenant UNIQUE (tenant_id, id)
      );
      CREATE UNIQUE INDEX integration_live_name ON integration (tenant_id, lower(name)) WHERE deleted_at IS NULL;
      CREATE INDEX integration_newest ON integration (tenant_id, created_at DESC, id DESC) WHERE deleted_at IS NULL;
      CREATE INDEX integration_enabled ON integration (tenant_id, type, created_at, id)
        WHERE deleted_at IS NULL AND enabled;
      CREATE INDEX integration_tags ON integration USING gin (tags) WHERE deleted_at IS NULL;

      CREATE TABLE integration_health (
        integration_id uuid PRIMARY KEY,
        tenant_id text NOT NULL,
        status text NOT NULL CHECK (status IN ('unknown', 'healthy', 'degraded', 'unhealthy')),
        code text NOT NULL,
        message text NOT NULL,
        since timestamptz(3) NOT NULL,
        checked_at timestamptz(3) NOT NULL,
        latency_ms integer NOT NULL,
        failures integer NOT NULL,
        successes integer NOT NULL,
        verdict jsonb NOT NULL,
        FOREIGN KEY (tenant_id, integration_id) REFERENCES integration (tenant_id, id)
      ) WITH (fillfactor = 80);

      -- Narrow and rewritten with every probe. Free room keeps updates on the same page, and vacuum runs often.
      CREATE TABLE probe_schedule (
        integration_id uuid PRIMARY KEY,
        tenant_id text NOT NULL,
        interval_seconds integer NOT NULL CHECK (interval_seconds > 0),
        due_at timestamptz NOT NULL,
        lease_until timestamptz,
        lease_token uuid,
        CHECK ((lease_until IS NULL) = (lease_token IS NULL)),
        FOREIGN KEY (tenant_id, integration_id) REFERENCES integration (tenant_id, id)
      ) WITH (fillfactor = 70, autovacuum_vacuum_scale_factor = 0.02);
      -- greatest() ignores NULL, so claims never scan rows that are due but leased.
      CREATE INDEX probe_schedule_ready ON probe_schedule (greatest(due_at, lease_until));
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE probe_schedule, integration_health, integration');
  }
}
