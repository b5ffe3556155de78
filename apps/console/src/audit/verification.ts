/** The answer of `GET /audit/verify`. */
export interface AuditVerification {
  /** Nothing was found wrong, with the entries and with the digests. */
  readonly ok: boolean;
  /** How many entries were read. */
  readonly rows: number;
  /** Where the chain ended when the verification began; null for an empty one. */
  readonly head: { readonly position: number; readonly hash: string } | null;
  readonly breaks: readonly AuditBreak[];
  /** Null without a key, when nothing is signed or checked. */
  readonly digests: DigestVerification | null;
  /** False: it stopped at the last of these breaks; there may be more. */
  readonly isComplete: boolean;
}

export interface AuditBreak {
  readonly kind: 'altered' | 'missing' | 'reordered' | 'forked' | 'truncated';
  readonly position: number;
  /** The last position of a run of entries that are gone; null if nothing tells how many are. */
  readonly through: number | null;
  /** Null if the entry is gone. */
  readonly auditId: string | null;
}

export interface DigestVerification {
  readonly checked: number;
  readonly last: { readonly position: number; readonly at: string } | null;
  readonly breaks: readonly DigestBreak[];
}

export interface DigestBreak {
  readonly kind: 'forged' | 'truncated' | 'rewritten';
  /** Where the chain ended when the digest was signed. */
  readonly position: number;
  /** When it was signed; empty if it says no time. */
  readonly at: string;
  readonly keyId: string;
}
