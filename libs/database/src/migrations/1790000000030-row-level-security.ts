import type { MigrationInterface, QueryRunner } from 'typeorm';
import { type Rights, secureTable, unsecureTable } from './row-level-security';

/**
 * Creates two roles for the apps' login, and grants each its rights table by table. The system role has only the rights
 * needed for claims and their results, the annotation path, the relay with its snapshots, the lookup of a token and the
 * retention of keys. It reads no secrets, not even sealed ones, and of the audit trail only which tenants it belongs to.
 */
export class RowLevelSecurity1790000000030 implements MigrationInterface {
  readonly name = 'RowLevelSecurity1790000000030';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(ROLES);
    for (const [table, rights] of Object.entries(TABLES)) await runner.query(secureTable(table, rights));
    await runner.query('GRANT SELECT, INSERT, UPDATE ON event_sequence TO integrations_system');
    // Any login may check whether the schema is up to date; the names of migrations are no secret.
    await runner.query('GRANT SELECT ON schema_migration TO PUBLIC');
  }

  /** The roles stay: other databases of the server use them. */
  async down(runner: QueryRunner): Promise<void> {
    await runner.query('REVOKE SELECT ON schema_migration FROM PUBLIC');
    await runner.query('REVOKE ALL ON event_sequence FROM integrations_system');
    for (const table of Object.keys(TABLES)) await runner.query(unsecureTable(table));
  }
}

const TABLES: Readonly<Record<string, Rights>> = {
  integration: { tenant: 'SELECT, INSERT, UPDATE, DELETE', system: 'SELECT' },
  integration_dependent: { tenant: 'SELECT, INSERT, UPDATE, DELETE' },
  integration_health: { tenant: 'SELECT, UPDATE', system: 'SELECT, INSERT, UPDATE' },
  health_transition: { tenant: 'SELECT', system: 'SELECT, INSERT' },
  health_gap: { tenant: 'SELECT, INSERT, UPDATE, DELETE', system: 'SELECT, INSERT' },
  // The partitions are guarded through their table. Nobody has rights on the partitions themselves.
  health_result: { tenant: 'SELECT', system: 'SELECT, INSERT' },
  credential_failure: { tenant: 'SELECT', system: 'SELECT, INSERT, UPDATE, DELETE' },
  probe_schedule: { tenant: 'SELECT, INSERT, UPDATE, DELETE', system: 'SELECT, DELETE' },
  probe_target: { tenant: 'SELECT, INSERT, UPDATE', system: 'SELECT, UPDATE, DELETE' },
  annotation_operation: { tenant: 'SELECT, UPDATE', system: 'SELECT, INSERT, UPDATE' },
  annotation_lane: { tenant: 'SELECT, INSERT, UPDATE, DELETE', system: 'SELECT, INSERT, UPDATE, DELETE' },
  annotation_budget: { tenant: 'SELECT, INSERT, UPDATE', system: 'SELECT, INSERT, UPDATE' },
  vendor_outage: { tenant: 'SELECT, INSERT, UPDATE, DELETE', system: 'SELECT, UPDATE' },
  annotation_turn: { tenant: 'SELECT', system: 'SELECT, INSERT, UPDATE, DELETE' },
  outbox: { tenant: 'SELECT, INSERT', system: 'SELECT, INSERT, UPDATE (sequence, published_at), DELETE' },
  api_token: { tenant: 'SELECT, INSERT', system: 'SELECT' },
  sealed_secret: { tenant: 'SELECT, INSERT, UPDATE', system: 'SELECT (tenant_id)' },
  audit_entry: { tenant: 'SELECT, INSERT', system: 'SELECT (tenant_id)' },
  audit_head: { tenant: 'SELECT', system: 'SELECT (tenant_id)' },
  idempotency_key: {
    tenant: 'SELECT, INSERT, UPDATE, DELETE',
    // FOR UPDATE requires the right to update some column.
    system: 'SELECT (tenant_id, key, created_at), UPDATE (created_at), DELETE',
  },
};

/**
 * Roles belong to the server, not to the database, so migrations of other databases may create them at the same moment. The
 * login that migrates is granted the roles, so that one login can serve for everything. Any other login is granted them by
 * hand.
 */
const ROLES = `
  DO $$
  DECLARE
    role_name text;
    -- Until PostgreSQL 15, whoever was a member could take the role.
    right_to_take text := CASE WHEN current_setting('server_version_num')::integer < 160000 THEN 'MEMBER' ELSE 'SET' END;
  BEGIN
    FOREACH role_name IN ARRAY ARRAY['integrations_tenant', 'integrations_system'] LOOP
      IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = role_name) THEN
        BEGIN
          EXECUTE format('CREATE ROLE %I NOLOGIN', role_name);
        EXCEPTION
          WHEN duplicate_object OR unique_violation THEN NULL;
          WHEN insufficient_privilege THEN
            RAISE EXCEPTION 'the migrations need a login with CREATEROLE, or the roles integrations_tenant and integrations_system, made by an administrator with CREATE ROLE … NOLOGIN'
              USING ERRCODE = 'insufficient_privilege';
        END;
      END IF;
      IF EXISTS (SELECT FROM pg_roles WHERE rolname = role_name AND (rolsuper OR rolbypassrls)) THEN
        RAISE EXCEPTION 'the role % must be neither SUPERUSER nor BYPASSRLS', role_name;
      END IF;
      IF NOT pg_has_role(role_name, right_to_take) THEN
        BEGIN
          EXECUTE format('GRANT %I TO CURRENT_USER', role_name);
        EXCEPTION
          -- Granted at the same moment; or made by an administrator, who decides who may take it.
          WHEN unique_violation OR internal_error OR insufficient_privilege THEN NULL;
        END;
      END IF;
      EXECUTE format('GRANT USAGE ON SCHEMA %I TO %I', current_schema(), role_name);
    END LOOP;
    -- For the age of the oldest transaction among the metrics, which is 0 without it.
    IF NOT pg_has_role('integrations_system', 'pg_read_all_stats', 'MEMBER') THEN
      BEGIN
        GRANT pg_read_all_stats TO integrations_system;
      EXCEPTION
        WHEN unique_violation OR internal_error OR insufficient_privilege THEN NULL;
      END;
    END IF;
  END $$`;
