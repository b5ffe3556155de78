import type { MigrationInterface, QueryRunner } from 'typeorm';
import { secureTable } from './row-level-security';

/** Signed statements of where a tenant's chain ended. The system role sees which tenants are due for one, but no hash. */
export class AuditDigest1790000000031 implements MigrationInterface {
  readonly name = 'AuditDigest1790000000031';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE audit_digest (
        tenant_id text NOT NULL,
        position bigint NOT NULL CHECK (position > 0),
        hash bytea NOT NULL CHECK (octet_length(hash) = 32),
        at timestamptz(3) NOT NULL,
        key_id text NOT NULL,
        signature bytea NOT NULL,
        PRIMARY KEY (tenant_id, position)
      );
      ${refuseChange(`'% is append-only', TG_TABLE_NAME`)}
      CREATE TRIGGER audit_digest_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_digest
        FOR EACH STATEMENT EXECUTE FUNCTION refuse_audit_change();
      ALTER TABLE audit_digest ENABLE ALWAYS TRIGGER audit_digest_append_only;
      GRANT SELECT (position) ON audit_head TO integrations_system;
    `);
    await runner.query(
      secureTable('audit_digest', { tenant: 'SELECT, INSERT', system: 'SELECT (tenant_id, position, at)' }),
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      REVOKE SELECT (position) ON audit_head FROM integrations_system;
      DROP TABLE audit_digest;
      ${refuseChange(`'audit_entry is append-only'`)}
    `);
  }
}

/** The trigger function of both tables. The previous one served a single table. */
function refuseChange(message: string): string {
  return `
    CREATE OR REPLACE FUNCTION refuse_audit_change() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
      RAISE EXCEPTION ${message} USING ERRCODE = 'insufficient_privilege';
    END $$;`;
}
