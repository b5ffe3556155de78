import type { EntityManager } from 'typeorm';
import { rows } from '../sql';

/**
 * All spellings of the owner in the tenant's operations, whatever their case. Skips through the index from one owner to the
 * next: lower() is not LEAKPROOF, so under row-level security no index on it can be used.
 */
export async function spellingsOf(manager: EntityManager, tenantId: string, owner: string): Promise<string[]> {
  const found = await rows<{ owner: string }>(
    manager,
    `WITH RECURSIVE known AS (
       (SELECT owner FROM annotation_operation WHERE tenant_id = $1 ORDER BY owner LIMIT 1)
       UNION ALL
       SELECT (SELECT o.owner FROM annotation_operation o
               WHERE o.tenant_id = $1 AND o.owner > k.owner ORDER BY o.owner LIMIT 1)
       FROM known k WHERE k.owner IS NOT NULL
     )
     SELECT owner FROM known WHERE lower(owner) = lower($2)`,
    [tenantId, owner],
  );
  return found.map((row) => row.owner);
}
