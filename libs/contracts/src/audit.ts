/** An entry of `GET /api/v1/audit`. */
export interface AuditEntryView {
  readonly id: string;
  readonly tenantId: string;
  /** Position in the tenant's hash chain: starts at 1, without gaps. */
  readonly position: number;
  readonly at: string;
  /** Who acted: the name of a token, or the app that used a credential. */
  readonly actor: string;
  readonly app: string;
  readonly action: string;
  readonly integrationId: string | null;
  readonly outcome: string;
  readonly detail: Readonly<Record<string, unknown>>;
  /** SHA-256 in hexadecimal, over this entry and the hash of the previous entry. */
  readonly hash: string;
}

/**
 * What is wrong at a position of the chain. `altered`: the entry differs from what was written. `reordered`: the entry
 * was written at another position. `forked`: the entry does not belong to the chain that leads to the head. `missing`:
 * an entry is gone from the middle. `truncated`: entries are gone from the end.
 */
export type AuditBreakKind = 'altered' | 'missing' | 'reordered' | 'forked' | 'truncated';

export interface AuditBreak {
  readonly kind: AuditBreakKind;
  readonly position: number;
  /** The last position of a run of missing entries; null if their number is unknown. */
  readonly through: number | null;
  /** Id of the entry; null if the entry is gone. */
  readonly auditId: string | null;
}

/**
 * How a signed digest and the chain disagree. `forged`: no known key signed the digest, or it was changed afterwards.
 * `truncated`: the chain now ends before the digest's position. `rewritten`: the entry at that position has another
 * hash.
 */
export type DigestBreakKind = 'forged' | 'truncated' | 'rewritten';

export interface DigestBreak {
  readonly kind: DigestBreakKind;
  /** The end of the chain when the digest was signed. */
  readonly position: number;
  /** When the digest was signed; an empty string if the digest carries no time. */
  readonly at: string;
  readonly keyId: string;
}

export interface DigestVerification {
  /** Number of digests that were read. */
  readonly checked: number;
  readonly last: { readonly position: number; readonly at: string } | null;
  /** Ordered by position. */
  readonly breaks: readonly DigestBreak[];
}

/** The answer of `GET /api/v1/audit/verify`. */
export interface AuditVerificationView {
  /** True when neither the entries nor the digests have a break. */
  readonly ok: boolean;
  /** Number of entries that were read. */
  readonly rows: number;
  /** The end of the chain when the verification began; null for an empty chain. */
  readonly head: { readonly position: number; readonly hash: string } | null;
  readonly breaks: readonly AuditBreak[];
  /** Null when no audit key is configured: then no digest is signed or checked. */
  readonly digests: DigestVerification | null;
  /** False when the verification stopped at the last break listed here; there may be more. */
  readonly isComplete: boolean;
}
