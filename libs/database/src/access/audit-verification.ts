import type { AuditBreak, DigestVerification } from '@integrations/contracts';
import type { Database } from '../database';
import { ChainWalk } from './audit-chain';
import { type DigestKeys, verifyDigests } from './audit-digest';
import { type AuditHead, hasRival, readBeyondHead, readChain, readEnd } from './audit-record';

export interface AuditVerification {
  readonly ok: boolean;
  /** How many entries were read. */
  readonly rows: number;
  /** Where the chain ended when the verification began; null if the tenant has none. */
  readonly head: AuditHead | null;
  /** By position. */
  readonly breaks: readonly AuditBreak[];
  /** What was signed of the chain; null where no key is configured to check that with. */
  readonly digests: DigestVerification | null;
  /** False: so much is broken that the verification stopped there, and the list with it. */
  readonly isComplete: boolean;
}

const MAX_BREAKS = 100;

/**
 * Follows the chain of a tenant from its first entry to its head, in constant memory. Entries that are appended
 * meanwhile lie behind that head and are left to the next verification. With keys, what was signed is checked as well.
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
    for (const entry of await readBeyondHead(manager, tenantId, MAX_BREAKS)) walk.name('forked', entry);
  }
  for (const { entry, follower } of walk.brokenLinks) {
    if (await hasRival(manager, follower)) walk.name('forked', follower);
    else walk.name('altered', entry);
  }
  const breaks = walk.breaks();
  const digests = keys && (await verifyDigests(manager, tenantId, { keys, limit: MAX_BREAKS, signal }));
  const wrongDigests = digests?.breaks.length ?? 0;
  const isComplete = !walk.isFull && wrongDigests < MAX_BREAKS;
  return { ok: breaks.length + wrongDigests === 0, rows: walk.rows, head, breaks, digests, isComplete };
}
