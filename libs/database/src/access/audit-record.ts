import type { EntityManager } from 'typeorm';
import { rows } from '../sql';

/** A stored audit entry, each field in the spelling from which the entry's hash was computed. */
export interface AuditRecord {
  readonly id: string;
  readonly tenantId: string;
  /** From 1, without gaps. */
  readonly position: number;
  /** Microseconds since the epoch, in decimal digits. */
  readonly at: string;
  readonly actor: string;
  readonly app: string;
  readonly action: string;
  readonly integrationId: string | null;
  readonly outcome: string;
  /** JSON as PostgreSQL writes it. */
  readonly detail: string;
  readonly prevHash: Buffer;
  readonly hash: Buffer;
}

/** Where a tenant's chain ends. */
export interface AuditHead {
  readonly position: number;
  readonly hash: Buffer;
}

const BATCH = 1_000;
const NIL = '00000000-0000-0000-0000-000000000000';

/**
 * The entries of a tenant up to position `through`, in order. Each batch is a statement of its own, so neither a transaction
 * nor a cursor stays open. Two entries may share a position if someone dropped the constraint.
 */
export async function* readChain(
  manager: EntityManager,
  tenantId: string,
  through: number,
  signal?: AbortSignal,
): AsyncGenerator<AuditRecord> {
  let after = { position: Number.MIN_SAFE_INTEGER, id: NIL };
  for (;;) {
    signal?.throwIfAborted();
    const batch = await rows<AuditRecord>(manager, NEXT_BATCH, [tenantId, after.position, after.id, through, BATCH]);
    yield* batch;
    const last = batch.at(-1);
    if (!last || batch.length < BATCH) return;
    after = last;
  }
}

/** A hash that the owner of the database sets to NULL reads as empty, and so fails the check. */
const NEXT_BATCH = `
  SELECT e.id::text, tenant_id AS "tenantId", position, trunc(extract(epoch FROM at) * 1000000)::text AS at, actor, app,
         action, integration_id::text AS "integrationId", outcome, detail::text,
         coalesce(prev_hash, '') AS "prevHash", coalesce(hash, '') AS hash
  FROM audit_entry e
  WHERE tenant_id = $1 AND (e.position, e.id) > ($2::bigint, $3::uuid) AND e.position <= $4
  ORDER BY e.position, e.id LIMIT $5`;

/** The head, and the highest position of an entry, both as of the same moment. */
export async function readEnd(
  manager: EntityManager,
  tenantId: string,
): Promise<{ readonly head: AuditHead | null; readonly highest: number }> {
  const [end] = await rows<{ position: number | null; hash: Buffer; highest: number }>(
    manager,
    `SELECT h.position, h.hash, coalesce(e.highest, 0) AS highest
     FROM (SELECT max(position) AS highest FROM audit_entry WHERE tenant_id = $1) e
     LEFT JOIN audit_head h ON h.tenant_id = $1`,
    [tenantId],
  );
  if (!end || end.position === null) return { head: null, highest: end?.highest ?? 0 };
  return { head: { position: end.position, hash: end.hash }, highest: end.highest };
}

/** Entries beyond the head, both as of the same moment. */
export function readBeyondHead(manager: EntityManager, tenantId: string, limit: number): Promise<EntryName[]> {
  return rows(
    manager,
    `SELECT e.id::text, e.position FROM audit_entry e JOIN audit_head h USING (tenant_id)
     WHERE tenant_id = $1 AND e.position > h.position ORDER BY e.position, e.id LIMIT $2`,
    [tenantId, limit],
  );
}

/** True if another entry of the tenant follows the same entry. */
export async function hasRival(manager: EntityManager, { tenantId, prevHash, id }: AuditRecord): Promise<boolean> {
  const rival = await rows(
    manager,
    'SELECT 1 FROM audit_entry WHERE tenant_id = $1 AND prev_hash = $2 AND id <> $3 LIMIT 1',
    [tenantId, prevHash, id],
  );
  return rival.length > 0;
}

export type EntryName = Pick<AuditRecord, 'id' | 'position'>;
