/** The rights of the apps' roles on a table, as in GRANT: `SELECT, INSERT`, with columns where not all are needed. */
export interface Rights {
  /** On the rows of the current tenant. */
  readonly tenant: string;
  /** On the rows of all tenants; absent for none. */
  readonly system?: string;
}

/**
 * Row-level security for a table with a `tenant_id`: each tenant sees only its own rows, and without a tenant there are
 * none. A migration that creates such a table runs this in the same transaction.
 */
export function secureTable(table: string, { tenant, system }: Rights): string {
  const isOfTenant = `tenant_id = current_setting('integrations.tenant', true)`;
  const ofTenant = `
    ALTER TABLE ${table} ENABLE ROW LEVEL SECURITY;
    CREATE POLICY of_tenant ON ${table} TO integrations_tenant USING (${isOfTenant}) WITH CHECK (${isOfTenant});
    GRANT ${tenant} ON ${table} TO integrations_tenant;`;
  if (system === undefined) return ofTenant;
  return `${ofTenant}
    CREATE POLICY of_all_tenants ON ${table} TO integrations_system USING (true) WITH CHECK (true);
    GRANT ${system} ON ${table} TO integrations_system;`;
}

/** Undoes `secureTable`. */
export function unsecureTable(table: string): string {
  return `
    REVOKE ALL ON ${table} FROM integrations_tenant, integrations_system;
    DROP POLICY of_tenant ON ${table};
    DROP POLICY IF EXISTS of_all_tenants ON ${table};
    ALTER TABLE ${table} DISABLE ROW LEVEL SECURITY;`;
}
