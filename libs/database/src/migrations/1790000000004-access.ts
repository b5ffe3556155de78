import type { MigrationInterface, QueryRunner } from 'typeorm';

/** API tokens (hashed), the secrets of the local store (sealed) and the audit trail (append-only). */
export class Access1790000000004 implements MigrationInterface {
  readonly name = 'Access1790000000004';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE api_token (
        id uuid PRIMARY KEY,
        tenant_id text NOT NULL,
        name text NOT NULL,
        scopes text[] NOT NULL,
        token_hash text NOT NULL CONSTRAINT api_token_hash UNIQUE,
        created_at timestamptz(3) NOT NULL DEFAULT now()
      );
      CREATE INDEX api_token_of_tenant ON api_token (tenant_id);

      CREATE TABLE sealed_secret (
        tenant_id text NOT NULL,
        path text NOT NULL,
        version integer NOT NULL CHECK (version > 0),
        master_key_id text NOT NULL,
        wrapped_key text NOT NULL,
        ciphertext text NOT NULL,
        created_at timestamptz(3) NOT NULL DEFAULT now(),
        PRIMARY KEY (tenant_id, path, version)
      );

      CREATE TABLE audit_entry (
        id uuid PRIMARY KEY,
        tenant_id text NOT NULL,
        at timestamptz(3) NOT NULL DEFAULT now(),
        actor text NOT NULL,
        app text NOT NULL,
        action text NOT NULL,
        integration_id uuid,
        outcome text NOT NULL,
        detail jsonb NOT NULL CHECK (jsonb_typeof(detail) = 'object')
      );
      CREATE INDEX audit_entry_newest ON audit_entry (tenant_id, at DESC, id DESC);
      CREATE INDEX audit_entry_of_integration ON audit_entry (tenant_id, integration_id, at DESC, id DESC)
        WHERE integration_id IS NOT NULL;

      CREATE FUNCTION refuse_audit_change() RETURNS trigger LANGUAGE plpgsql AS $$
      BEGIN
        RAISE EXCEPTION 'audit_entry is append-only' USING ERRCODE = 'insufficient_privilege';
      END $$;
      CREATE TRIGGER audit_entry_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_entry
        FOR EACH STATEMENT EXECUTE FUNCTION refuse_audit_change();
      ALTER TABLE audit_entry ENABLE ALWAYS TRIGGER audit_entry_append_only;
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE audit_entry, sealed_secret, api_token; DROP FUNCTION refuse_audit_change()');
  }
}
