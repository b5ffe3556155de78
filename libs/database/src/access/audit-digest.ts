import type { DigestBreak, DigestBreakKind, DigestVerification } from '@integrations/contracts';
import type { EntityManager } from 'typeorm';
import { rows } from '../sql';

/** A signed statement that the tenant's chain had this hash at this position. */
export interface AuditDigest {
  readonly tenantId: string;
  readonly position: number;
  readonly hash: Buffer;
  /** When it was signed: ISO 8601 in UTC with milliseconds, exactly as in the signed statement. */
  readonly at: string;
  /** The key that signed it. */
  readonly keyId: string;
  readonly signature: Buffer;
}

/** The configured Ed25519 keys for digests. */
export interface DigestKeys {
  /** Null if the keys only verify. */
  readonly signer: { readonly keyId: string; sign(statement: Buffer): Buffer } | null;
  /** Also false for an unknown key. */
  verify(keyId: string, statement: Buffer, signature: Buffer): boolean;
}

interface FoundDigest extends AuditDigest {
  /** Whether the chain still has an entry with this position and hash. */
  readonly isKept: boolean;
  /** The position of the chain's last entry. */
  readonly highest: number;
}

const BATCH = 1_000;

/** The bytes to sign: JSON without spaces, in UTF-8. */
export function statementOf({ tenantId, position, hash, at }: Omit<AuditDigest, 'keyId' | 'signature'>): Buffer {
  return Buffer.from(JSON.stringify(['integrations/audit-digest', tenantId, position, hash.toString('hex'), at]));
}

/** Checks every digest of the tenant against the chain, up to the limit of breaks. Throws the signal's reason. */
export async function verifyDigests(
  manager: EntityManager,
  tenantId: string,
  { keys, limit, signal }: { keys: DigestKeys; limit: number; signal?: AbortSignal | undefined },
): Promise<DigestVerification> {
  const breaks: DigestBreak[] = [];
  let checked = 0;
  let last: FoundDigest | undefined;
  for (;;) {
    signal?.throwIfAborted();
    const batch = await rows<FoundDigest>(manager, NEXT_BATCH, [tenantId, last?.position ?? 0, BATCH]);
    for (const digest of batch) {
      if (breaks.length === limit) break;
      const kind = breakOf(digest, keys);
      if (kind) breaks.push({ kind, position: digest.position, at: digest.at, keyId: digest.keyId });
      checked++;
      last = digest;
    }
    if (batch.length < BATCH || breaks.length === limit) break;
  }
  return { checked, last: last ? { position: last.position, at: last.at } : null, breaks };
}

export async function readLastDigest(manager: EntityManager, tenantId: string): Promise<FoundDigest | null> {
  const [last] = await rows<FoundDigest>(
    manager,
    `${FOUND_DIGEST} WHERE d.tenant_id = $1 ORDER BY d.position DESC LIMIT 1`,
    [tenantId],
  );
  return last ?? null;
}

export function breakOf(digest: FoundDigest, keys: DigestKeys): DigestBreakKind | null {
  if (!keys.verify(digest.keyId, statementOf(digest), digest.signature)) return 'forged';
  if (digest.isKept) return null;
  return digest.position > digest.highest ? 'truncated' : 'rewritten';
}

/** A column that the owner of the database sets to NULL or infinity reads as empty, and so fails the check. */
const FOUND_DIGEST = `
  SELECT d.tenant_id AS "tenantId", d.position, coalesce(d.hash, '') AS hash, coalesce(d.key_id, '') AS "keyId",
         coalesce(d.signature, '') AS signature,
         coalesce(to_char(d.at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'), '') AS at,
         EXISTS (SELECT FROM audit_entry e
                 WHERE e.tenant_id = d.tenant_id AND e.position = d.position AND e.hash = d.hash) AS "isKept",
         coalesce((SELECT max(e.position) FROM audit_entry e WHERE e.tenant_id = d.tenant_id), 0) AS highest
  FROM audit_digest d`;

const NEXT_BATCH = `${FOUND_DIGEST} WHERE d.tenant_id = $1 AND d.position > $2 ORDER BY d.position LIMIT $3`;
