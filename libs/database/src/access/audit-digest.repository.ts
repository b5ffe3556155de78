import type { DigestBreakKind } from '@integrations/contracts';
import type { Database } from '../database';
import { rows } from '../sql';
import { type AuditDigest, breakOf, type DigestKeys, readLastDigest, statementOf } from './audit-digest';
import { readEnd } from './audit-record';

export type DigestSigning =
  | { readonly outcome: 'signed'; readonly digest: AuditDigest }
  /** The chain no longer matches the last signed digest, so no new digest is signed. */
  | { readonly outcome: 'refused'; readonly position: number; readonly kind: DigestBreakKind }
  /** There is nothing new to sign, or another process has just signed or is signing it. */
  | { readonly outcome: 'not_due' };

const LOCK = 7302031;

/** Signed digests of the audit trail. The owner of the database cannot forge them. */
export class AuditDigestRepository {
  constructor(private readonly database: Database) {}

  /** The tenants without a digest, or whose chain has moved since their last digest, if that was signed before `before`. */
  async due(before: Date): Promise<string[]> {
    const found = await rows<{ tenantId: string }>(
      this.database.ofAllTenants(),
      `SELECT h.tenant_id AS "tenantId" FROM audit_head h
       LEFT JOIN LATERAL (SELECT position, at FROM audit_digest d WHERE d.tenant_id = h.tenant_id
                          ORDER BY position DESC LIMIT 1) d ON true
       WHERE d.position IS NULL OR (d.position <> h.position AND d.at < $1)
       ORDER BY 1`,
      [before],
    );
    return found.map(({ tenantId }) => tenantId);
  }

  /**
   * Signs the current end of the tenant's chain, unless a digest was signed since `before`. `now` is the signer's clock.
   * Throws TypeError for keys that only verify.
   */
  async sign(
    tenantId: string,
    keys: DigestKeys,
    { now, before }: { readonly now: Date; readonly before: Date },
  ): Promise<DigestSigning> {
    const { signer } = keys;
    if (!signer) throw new TypeError('these keys only verify');
    return this.database.transaction(async (tx) => {
      const manager = this.database.ofTenant(tenantId, tx);
      const lock = 'SELECT pg_try_advisory_xact_lock($1, hashtext($2)) AS "isMine"';
      const [mine] = await rows<{ isMine: boolean }>(manager, lock, [LOCK, tenantId]);
      if (!mine?.isMine) return { outcome: 'not_due' };

      const last = await readLastDigest(manager, tenantId);
      const { head } = await readEnd(manager, tenantId);
      if (!head || head.position === last?.position) return { outcome: 'not_due' };
      if (last && new Date(last.at) >= before) return { outcome: 'not_due' };
      const kind = last && (head.position < last.position ? 'truncated' : breakOf(last, keys));
      if (kind) return { outcome: 'refused', position: last.position, kind };

      const stated = { tenantId, position: head.position, hash: head.hash, at: now.toISOString() };
      const digest = { ...stated, keyId: signer.keyId, signature: signer.sign(statementOf(stated)) };
      await rows(
        manager,
        `INSERT INTO audit_digest (tenant_id, position, hash, at, key_id, signature) VALUES ($1, $2, $3, $4, $5, $6)`,
        [tenantId, digest.position, digest.hash, digest.at, digest.keyId, digest.signature],
      );
      return { outcome: 'signed', digest };
    });
  }
}
