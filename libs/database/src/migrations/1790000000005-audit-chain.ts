import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Chains the audit entries of each tenant by hash, and stores where each chain ends. PostgreSQL itself seals an entry, so
 * that every writer chains in the same way; `hashOf` in access/audit-hash.ts computes the same hash for verification.
 * Existing entries are chained as they are now. Earlier changes to them can no longer be detected.
 */
export class AuditChain1790000000005 implements MigrationInterface {
  readonly name = 'AuditChain1790000000005';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(COLUMNS);
    await runner.query(HASH);
    await runner.query(CHAIN_WHAT_IS_THERE);
    await runner.query(CONSTRAINTS);
    await runner.query(SEAL);
    await runner.query(GUARD_HEAD);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      DROP TRIGGER audit_entry_seal ON audit_entry;
      DROP FUNCTION seal_audit_entry();
      DROP TABLE audit_head;
      DROP FUNCTION guard_audit_head();
      DROP FUNCTION audit_hash(audit_entry);
      DROP FUNCTION audit_field(text);
      DROP INDEX audit_entry_newest, audit_entry_of_integration;
      ALTER TABLE audit_entry DROP COLUMN position, DROP COLUMN prev_hash, DROP COLUMN hash;
      CREATE INDEX audit_entry_newest ON audit_entry (tenant_id, at DESC, id DESC);
      CREATE INDEX audit_entry_of_integration ON audit_entry (tenant_id, integration_id, at DESC, id DESC)
        WHERE integration_id IS NOT NULL;
    `);
  }
}

const COLUMNS = `
  ALTER TABLE audit_entry ADD COLUMN position bigint, ADD COLUMN prev_hash bytea, ADD COLUMN hash bytea;

  CREATE TABLE audit_head (
    tenant_id text PRIMARY KEY,
    position bigint NOT NULL CHECK (position > 0),
    hash bytea NOT NULL CHECK (octet_length(hash) = 32),
    at timestamptz(3) NOT NULL
  ) WITH (fillfactor = 50, autovacuum_vacuum_scale_factor = 0.02);
`;

/** Hashes each field after its length in bytes, -1 for NULL, so that no two entries hash the same text. Time in µs. */
const HASH = `
  CREATE FUNCTION audit_field(value text) RETURNS bytea LANGUAGE sql IMMUTABLE AS $$
    SELECT coalesce(int4send(octet_length(convert_to(value, 'UTF8'))) || convert_to(value, 'UTF8'), int4send(-1))
  $$;
  CREATE FUNCTION audit_hash(entry audit_entry) RETURNS bytea LANGUAGE sql STABLE AS $$
    SELECT sha256(entry.prev_hash
      || audit_field(entry.tenant_id)
      || audit_field(entry.position::text)
      || audit_field(entry.id::text)
      || audit_field(trunc(extract(epoch FROM entry.at) * 1000000)::text)
      || audit_field(entry.actor)
      || audit_field(entry.app)
      || audit_field(entry.action)
      || audit_field(entry.integration_id::text)
      || audit_field(entry.outcome)
      || audit_field(entry.detail::text))
  $$;
`;

const FIRST_PREV_HASH = `decode(repeat('00', 32), 'hex')`;

const CHAIN_WHAT_IS_THERE = `
  ALTER TABLE audit_entry DISABLE TRIGGER audit_entry_append_only;
  DO $$
  DECLARE
    entry audit_entry;
    last audit_entry;
  BEGIN
    FOR entry IN SELECT * FROM audit_entry ORDER BY tenant_id, at, id LOOP
      IF last.tenant_id IS DISTINCT FROM entry.tenant_id THEN
        entry.position := 1;
        entry.prev_hash := ${FIRST_PREV_HASH};
      ELSE
        entry.position := last.position + 1;
        entry.prev_hash := last.hash;
      END IF;
      entry.hash := audit_hash(entry);
      UPDATE audit_entry SET position = entry.position, prev_hash = entry.prev_hash, hash = entry.hash
        WHERE id = entry.id;
      last := entry;
    END LOOP;
  END $$;
  INSERT INTO audit_head (tenant_id, position, hash, at)
    SELECT DISTINCT ON (tenant_id) tenant_id, position, hash, at FROM audit_entry ORDER BY tenant_id, position DESC;
  ALTER TABLE audit_entry ENABLE ALWAYS TRIGGER audit_entry_append_only;
`;

const CONSTRAINTS = `
  ALTER TABLE audit_entry
    ALTER COLUMN position SET NOT NULL,
    ALTER COLUMN prev_hash SET NOT NULL,
    ALTER COLUMN hash SET NOT NULL,
    ADD CONSTRAINT audit_entry_positive CHECK (position > 0),
    ADD CONSTRAINT audit_entry_position UNIQUE (tenant_id, position),
    ADD CONSTRAINT audit_entry_no_fork UNIQUE (tenant_id, prev_hash);
  DROP INDEX audit_entry_newest, audit_entry_of_integration;
  CREATE INDEX audit_entry_newest ON audit_entry (tenant_id, at, position);
  CREATE INDEX audit_entry_of_actor ON audit_entry (tenant_id, actor, at, position);
  CREATE INDEX audit_entry_of_action ON audit_entry (tenant_id, action, at, position);
  CREATE INDEX audit_entry_of_integration ON audit_entry (tenant_id, integration_id, at, position)
    WHERE integration_id IS NOT NULL;
`;

/** The function runs as its owner, so a role that inserts entries needs no right to move heads. */
const SEAL = `
  CREATE FUNCTION seal_audit_entry() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$
  DECLARE
    head audit_head;
  BEGIN
    -- Held until commit. What follows is a statement of its own and sees what the holder before committed.
    PERFORM pg_advisory_xact_lock(7302003, hashtext(NEW.tenant_id));
    SELECT * INTO head FROM audit_head WHERE tenant_id = NEW.tenant_id;
    NEW.position := coalesce(head.position, 0) + 1;
    NEW.prev_hash := coalesce(head.hash, ${FIRST_PREV_HASH});
    -- Of now, not of the transaction's start, and never before the entry before: the order by time is that of the chain.
    NEW.at := greatest(date_trunc('milliseconds', clock_timestamp()), head.at);
    NEW.hash := audit_hash(NEW);
    IF head.position IS NULL THEN
      INSERT INTO audit_head (tenant_id, position, hash, at) VALUES (NEW.tenant_id, NEW.position, NEW.hash, NEW.at);
    ELSE
      UPDATE audit_head SET position = NEW.position, hash = NEW.hash, at = NEW.at WHERE tenant_id = NEW.tenant_id;
    END IF;
    RETURN NEW;
  END $$;
  -- Temporary tables come last, or one that a writer calls audit_head would stand in for ours.
  DO $$ BEGIN
    EXECUTE format('ALTER FUNCTION seal_audit_entry() SET search_path = pg_catalog, %I, pg_temp', current_schema());
  END $$;
  CREATE TRIGGER audit_entry_seal BEFORE INSERT ON audit_entry FOR EACH ROW EXECUTE FUNCTION seal_audit_entry();
  ALTER TABLE audit_entry ENABLE ALWAYS TRIGGER audit_entry_seal;
`;

const GUARD_HEAD = `
  CREATE FUNCTION guard_audit_head() RETURNS trigger LANGUAGE plpgsql AS $$
  BEGIN
    IF TG_OP = 'INSERT' THEN
      IF NEW.position = 1 THEN RETURN NEW; END IF;
    ELSIF TG_OP = 'UPDATE' THEN
      IF NEW.tenant_id = OLD.tenant_id AND NEW.position = OLD.position + 1 AND NEW.at >= OLD.at THEN
        RETURN NEW;
      END IF;
    END IF;
    RAISE EXCEPTION 'audit_head only moves forward, an entry at a time' USING ERRCODE = 'insufficient_privilege';
  END $$;
  CREATE TRIGGER audit_head_forward BEFORE INSERT OR UPDATE ON audit_head
    FOR EACH ROW EXECUTE FUNCTION guard_audit_head();
  CREATE TRIGGER audit_head_kept BEFORE DELETE OR TRUNCATE ON audit_head
    FOR EACH STATEMENT EXECUTE FUNCTION guard_audit_head();
  ALTER TABLE audit_head ENABLE ALWAYS TRIGGER audit_head_forward, ENABLE ALWAYS TRIGGER audit_head_kept;
`;
