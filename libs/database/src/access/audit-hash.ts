import { createHash } from 'node:crypto';
import type { AuditRecord } from './audit-record';

/** The previous hash of a tenant's first entry. */
export const FIRST_PREV_HASH = Buffer.alloc(32);

/**
 * SHA-256 over the hash of the previous entry and the fields of this one, each as UTF-8 after its length in bytes (32 bits,
 * big-endian; -1 for NULL). The same as `audit_hash` in PostgreSQL, which seals the entries. Computed here as well, so that
 * verification does not have to trust the database.
 */
export function hashOf(record: AuditRecord, prevHash: Buffer, position = record.position): Buffer {
  const hash = createHash('sha256').update(prevHash);
  const { tenantId, id, at, actor, app, action, integrationId, outcome, detail } = record;
  const fields = [tenantId, String(position), id, at, actor, app, action, integrationId, outcome, detail];
  for (const field of fields) update(hash, field);
  return hash.digest();
}

function update(hash: ReturnType<typeof createHash>, field: string | null): void {
  const length = Buffer.alloc(4);
  length.writeInt32BE(field === null ? -1 : Buffer.byteLength(field));
  hash.update(length);
  if (field !== null) hash.update(field);
}
