import type { AuditBreak, DigestVerification } from '@integrations/contracts';
import type { Database } from '../database';
import { ChainWalk } from './audit-chain';
import { type DigestKeys, verifyDigests } from './audit-digest';
import { type AuditHead, hasRival, readBeyondHead, readChain, readEnd } from './audit-record';

export interface AuditVerification {
  readonly ok: boolean;
  /** Number of entries read. */
  readonly rows: number;
  /** Where the chain ended when the verification began; null if the tenant has none. */
  readonly head: AuditHead | null;
  /** By position. */
  readonly breaks: readonly AuditBreak[];
  /** The verification of signed digests; null if no key is configured for it. */
  readonly digests: DigestVerification | null;
  /** False if there are so many breaks that the verification, and with it the list, stopped early. */
  readonly isComplete: boolean;
}

const MAX_BREAKS = 100;

/**
 * Follows the chain of a tenant from its first entry to its head, in constant memory. Entries appended meanwhile lie beyond
 * that head and are left to the next verification. With keys, the signed digests are checked as well.
 */
export async function verifyAudit(
  database: Database,
  tenantId: string,
  { keys, signal }: { keys: DigestKeys | null; signal?: AbortSignal | undefined },
): Promise<AuditVerification> {
  const manager = database.ofTenant(tenantId);
  const { head, highest } = await readEnd(manager, tenantId);
  const walk = new ChainWalk(MAX_BREAKS);
  for await (const record of readChain(manager, tenantId, head?.position ?? highest, signal)) {
    walk.take(record);
    if (walk.isFull) break;
  }
  if (!walk.isFull) {
    walk.end(head);
    for (const entry of await readBeyondHead(manager, tenantId, MAX_BREAKS)) walk.report('forked', entry);
  }
  for (const { entry, follower } of walk.brokenLinks) {
    if (await hasRival(manager, follower)) walk.report('forked', follower);
    else walk.report('altered', entry);
  }
  const breaks = walk.breaks();
  const digests = keys && (await verifyDigests(manager, tenantId, { keys, limit: MAX_BREAKS, signal }));
  const wrongDigests = digests?.breaks.length ?? 0;
  const isComplete = !walk.isFull && wrongDigests < MAX_BREAKS;
  return { ok: breaks.length + wrongDigests === 0, rows: walk.rows, head, breaks, digests, isComplete };
}
