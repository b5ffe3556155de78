import type { Database } from '../database';
import { type AuditBreak, ChainWalk } from './audit-chain';
import { type AuditHead, hasRival, readBeyondHead, readChain, readEnd } from './audit-record';

export interface AuditVerification {
  readonly ok: boolean;
  /** How many entries were read. */
  readonly rows: number;
  /** Where the chain ended when the verification began; null if the tenant has none. */
  readonly head: AuditHead | null;
  /** By position. */
  readonly breaks: readonly AuditBreak[];
  /** False: so much is broken that the verification stopped there, and the list with it. */
  readonly isComplete: boolean;
}

const MAX_BREAKS = 100;

/**
 * Follows the chain of a tenant from its first entry to its head, in constant memory. Entries that are appended
 * meanwhile lie behind that head and are left to the next verification.
 */
export async function verifyAudit(
  database: Database,
  tenantId: string,
  signal?: AbortSignal,
): Promise<AuditVerification> {
  const manager = database.ofTenant(tenantId);
  const { head, highest } = await readEnd(manager, tenantId);
  const walk = new ChainWalk(MAX_BREAKS);
  for await (const record of readChain(manager, tenantId, head?.position ?? highest, signal)) {
    walk.take(record);
    if (walk.isFull) break;
  }
  const isComplete = !walk.isFull;
  if (isComplete) {
    walk.end(head);
    for (const entry of await readBeyondHead(manager, tenantId, MAX_BREAKS)) walk.name('forked', entry);
  }
  for (const { entry, follower } of walk.brokenLinks) {
    if (await hasRival(manager, follower)) walk.name('forked', follower);
    else walk.name('altered', entry);
  }
  const breaks = walk.breaks();
  return { ok: breaks.length === 0, rows: walk.rows, head, breaks, isComplete };
}
