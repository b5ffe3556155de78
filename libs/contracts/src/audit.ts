/** An entry of `GET /api/v1/audit`. */
export interface AuditEntryView {
  readonly id: string;
  readonly tenantId: string;
  /** Its place in the tenant's chain: from 1, without gaps. */
  readonly position: number;
  readonly at: string;
  /** The name of the token, or the app that used a credential. */
  readonly actor: string;
  readonly app: string;
  readonly action: string;
  readonly integrationId: string | null;
  readonly outcome: string;
  readonly detail: Readonly<Record<string, unknown>>;
  /** SHA-256 in hexadecimal, over this entry and the hash of the one before. */
  readonly hash: string;
}

/**
 * What is wrong at a position. `altered`: the entry is not as it was written. `reordered`: it was written at another
 * position. `forked`: it is not part of the chain that the head ends. `missing`, `truncated`: there is no such entry,
 * in the middle or at the end.
 */
export type AuditBreakKind = 'altered' | 'missing' | 'reordered' | 'forked' | 'truncated';

export interface AuditBreak {
  readonly kind: AuditBreakKind;
  readonly position: number;
  /** The last position of a run of missing entries; null if nothing tells how many are missing. */
  readonly through: number | null;
  /** Null if the entry is gone. */
  readonly auditId: string | null;
}

/**
 * What is wrong with what a digest says. `forged`: it was signed with no known key, or changed since. `truncated`: the
 * chain ends before the position. `rewritten`: the entry at the position has another hash.
 */
export type DigestBreakKind = 'forged' | 'truncated' | 'rewritten';

export interface DigestBreak {
  readonly kind: DigestBreakKind;
  /** Where the chain ended when the digest was signed. */
  readonly position: number;
  /** When it was signed; empty if it says no time. */
  readonly at: string;
  readonly keyId: string;
}

export interface DigestVerification {
  /** How many digests were read. */
  readonly checked: number;
  readonly last: { readonly position: number; readonly at: string } | null;
  /** By position. */
  readonly breaks: readonly DigestBreak[];
}

/** The answer of `GET /api/v1/audit/verify`. */
export interface AuditVerificationView {
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
