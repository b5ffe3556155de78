import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Probes run against targets. Integrations of a tenant that a probe cannot tell apart share a target, so that one probe
 * serves them all. The target's key covers everything a verdict depends on. An edit therefore moves an integration to
 * another target, and a probe in flight no longer applies to it. Health gets the columns that damping needs: status
 * changes, flapping, and the interval in force.
 */
export class ProbeTargets1790000000014 implements MigrationInterface {
  readonly name = 'ProbeTargets1790000000014';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(String.raw`
      CREATE FUNCTION probe_target_key(tenant_id text, provider text, endpoint text, auth_ref text, config jsonb)
      RETURNS uuid LANGUAGE sql IMMUTABLE AS $$
        SELECT encode(substring(sha256(convert_to(
          jsonb_build_array(tenant_id, provider, endpoint, auth_ref, config)::text, 'UTF8')) FROM 1 FOR 16), 'hex')::uuid
      $$;
      CREATE FUNCTION probe_target_host(endpoint text) RETURNS text LANGUAGE sql IMMUTABLE AS $$
        SELECT lower(coalesce(substring(endpoint FROM '^[A-Za-z0-9+.-]+://(?:[^/?#@]*@)?([^/?#]+)'), endpoint))
      $$;

      -- Narrow and rewritten with every probe. Free room keeps updates on the same page, and vacuum runs often.
      CREATE TABLE probe_target (
        key uuid PRIMARY KEY,
        tenant_id text NOT NULL,
        provider text NOT NULL,
        host text NOT NULL,
        due_at timestamptz NOT NULL,
        -- Someone asked for a probe after the one in flight began.
        woken boolean NOT NULL DEFAULT false,
        lease_until timestamptz,
        lease_token uuid,
        -- The credential version that the vendor refuses, empty if it has none. NULL: send the current credential.
        refused_version text,
        CHECK ((lease_until IS NULL) = (lease_token IS NULL))
      ) WITH (fillfactor = 70, autovacuum_vacuum_scale_factor = 0.02);
      INSERT INTO probe_target (key, tenant_id, provider, host, due_at)
      SELECT probe_target_key(i.tenant_id, i.provider, i.endpoint, i.auth_ref, i.config), min(i.tenant_id),
             min(i.provider), min(probe_target_host(i.endpoint)), min(s.due_at)
      FROM probe_schedule s JOIN integration i ON i.id = s.integration_id GROUP BY 1;
      -- greatest() ignores NULL, so claims never scan rows that are due but leased.
      CREATE INDEX probe_target_ready ON probe_target (provider, greatest(due_at, lease_until));

      ALTER TABLE probe_schedule ADD COLUMN target uuid REFERENCES probe_target (key);
      UPDATE probe_schedule s SET target = probe_target_key(i.tenant_id, i.provider, i.endpoint, i.auth_ref, i.config)
      FROM integration i WHERE i.id = s.integration_id;
      DROP INDEX probe_schedule_ready;
      ALTER TABLE probe_schedule ALTER COLUMN target SET NOT NULL,
        DROP COLUMN due_at, DROP COLUMN lease_until, DROP COLUMN lease_token;
      CREATE INDEX probe_schedule_target ON probe_schedule (target);

      ALTER TABLE integration_health
        ADD COLUMN settled text CHECK (settled IN ('unknown', 'healthy', 'degraded', 'unhealthy')),
        ADD COLUMN flapping boolean NOT NULL DEFAULT false,
        ADD COLUMN turns timestamptz(3)[] NOT NULL DEFAULT '{}',
        ADD COLUMN interval_seconds integer CHECK (interval_seconds > 0);
      UPDATE integration_health h SET settled = h.status, interval_seconds = i.interval_seconds
      FROM integration i WHERE i.id = h.integration_id;
      ALTER TABLE integration_health ALTER COLUMN settled SET NOT NULL, ALTER COLUMN interval_seconds SET NOT NULL;
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE integration_health DROP COLUMN settled, DROP COLUMN flapping, DROP COLUMN turns,
        DROP COLUMN interval_seconds;
      ALTER TABLE probe_schedule ADD COLUMN due_at timestamptz, ADD COLUMN lease_until timestamptz,
        ADD COLUMN lease_token uuid, ADD CHECK ((lease_until IS NULL) = (lease_token IS NULL));
      UPDATE probe_schedule s SET due_at = t.due_at FROM probe_target t WHERE t.key = s.target;
      ALTER TABLE probe_schedule ALTER COLUMN due_at SET NOT NULL, DROP COLUMN target;
      CREATE INDEX probe_schedule_ready ON probe_schedule (greatest(due_at, lease_until));
      DROP TABLE probe_target;
      DROP FUNCTION probe_target_host(text);
      DROP FUNCTION probe_target_key(text, text, text, text, jsonb);
    `);
  }
}
