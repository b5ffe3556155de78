/**
 * The roles that the apps' login takes. Neither owns a table nor passes row-level security by; each may do to a table what
 * its migration grants. Made by the migration 1790000000030.
 */
const TENANT_ROLE = 'integrations_tenant';
/** For the few things that concern all tenants by nature: claims, the relay, the lookup of a token. */
export const SYSTEM_ROLE = 'integrations_system';

/** Whose rows a statement may touch. */
export type Scope = { readonly tenantId: string } | 'all_tenants';

/** What brings a statement into its scope, until the end of its transaction: a prepared statement and its values. */
export interface Entrance {
  readonly name: string;
  readonly values: readonly string[];
}

/**
 * For a new connection: it acts for no tenant, sees no row, and has the entrances prepared. Fails for a login that may not
 * take both roles. The entrances answer no row, whatever they set.
 */
export const START_SESSION = `
  SET ROLE ${SYSTEM_ROLE};
  SET ROLE ${TENANT_ROLE};
  PREPARE enter_tenant (text) AS
    SELECT 1 WHERE set_config('role', '${TENANT_ROLE}', true) IS NULL
                OR set_config('integrations.tenant', $1, true) IS NULL;
  PREPARE enter_all_tenants AS SELECT 1 WHERE set_config('role', '${SYSTEM_ROLE}', true) IS NULL`;

export function entranceTo(scope: Scope): Entrance {
  if (scope === 'all_tenants') return { name: 'enter_all_tenants', values: [] };
  return { name: 'enter_tenant', values: [scope.tenantId] };
}

export function isSameScope(a: Scope, b: Scope): boolean {
  return a === b || (a !== 'all_tenants' && b !== 'all_tenants' && a.tenantId === b.tenantId);
}
