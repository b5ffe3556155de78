/**
 * The roles that the apps' login assumes. Neither owns a table or bypasses row-level security; migrations grant each its
 * rights table by table. Migration 1790000000030 creates both.
 */
const TENANT_ROLE = 'integrations_tenant';
/** For the few tasks that span tenants by nature: claims, the relay, the lookup of a token. */
export const SYSTEM_ROLE = 'integrations_system';

/** Whose rows a statement may touch. */
export type Scope = { readonly tenantId: string } | 'all_tenants';

/** The prepared statement, with its values, that puts the transaction into a scope until it ends. */
export interface ScopeStatement {
  readonly name: string;
  readonly values: readonly string[];
}

/**
 * Prepares a new connection: it acts for no tenant, sees no rows, and has the entrance statements prepared. Fails if the
 * login may not assume both roles. The WHERE of an entrance is never true, so that it returns no row.
 */
export const START_SESSION = `
  SET ROLE ${SYSTEM_ROLE};
  SET ROLE ${TENANT_ROLE};
  PREPARE enter_tenant (text) AS
    SELECT 1 WHERE set_config('role', '${TENANT_ROLE}', true) IS NULL
                OR set_config('integrations.tenant', $1, true) IS NULL;
  PREPARE enter_all_tenants AS SELECT 1 WHERE set_config('role', '${SYSTEM_ROLE}', true) IS NULL`;

export function scopeStatement(scope: Scope): ScopeStatement {
  if (scope === 'all_tenants') return { name: 'enter_all_tenants', values: [] };
  return { name: 'enter_tenant', values: [scope.tenantId] };
}

export function isSameScope(a: Scope, b: Scope): boolean {
  return a === b || (a !== 'all_tenants' && b !== 'all_tenants' && a.tenantId === b.tenantId);
}
