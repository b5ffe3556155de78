/** An entry of `GET /api/v1/audit`. */
export interface AuditEntryView {
  /** Id of the entry. */
  readonly id: string;
  /** The tenant whose audit trail holds the entry. */
  readonly tenantId: string;
  /** Position in the tenant's hash chain: starts at 1, without gaps. */
  readonly position: number;
  /** When the entry was written, ISO-8601 UTC. */
  readonly at: string;
  /** Who acted: the name of a token, or the app that used a credential. */
  readonly actor: string;
  /** The app that wrote the entry, such as `catalog-api` or `cli`. */
  readonly app: string;
  /** What was done: `integration.updated`, `credential.leased`. */
  readonly action: string;
  /** The integration that the action concerns; null if it concerns none. */
  readonly integrationId: string | null;
  /** The result of the action, such as `succeeded`. */
  readonly outcome: string;
  /** Facts about the action, such as the names of changed fields. Never a secret. */
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
  /** What is wrong at `position`. */
  readonly kind: AuditBreakKind;
  /** Position in the chain; of a run of missing entries, the first. */
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
  /** How the digest and the chain disagree. */
  readonly kind: DigestBreakKind;
  /** The end of the chain when the digest was signed. */
  readonly position: number;
  /** When the digest was signed; an empty string if the digest carries no time. */
  readonly at: string;
  /** Id of the signing key that the digest names. */
  readonly keyId: string;
}

export interface DigestVerification {
  /** Number of digests that were read. */
  readonly checked: number;
  /** The last digest that was read; null if there is none. */
  readonly last: {
    /** The end of the chain when the digest was signed. */
    readonly position: number;
    /** When the digest was signed; an empty string if the digest carries no time. */
    readonly at: string;
  } | null;
  /** Digests that disagree with the chain, ordered by position; at most 100. */
  readonly breaks: readonly DigestBreak[];
}

/** The answer of `GET /api/v1/audit/verify`. */
export interface AuditVerificationView {
  /** True when no entry was changed, moved or removed, and every digest matches the chain. */
  readonly ok: boolean;
  /** Number of entries that were read. */
  readonly rows: number;
  /** The end of the chain when the verification began; null for an empty chain. */
  readonly head: {
    /** Position of the last entry. */
    readonly position: number;
    /** Hash of the last entry: SHA-256 in hexadecimal. A copy kept elsewhere reveals any later rewriting. */
    readonly hash: string;
  } | null;
  /** Breaks of the chain, ordered by position, at most 100. */
  readonly breaks: readonly AuditBreak[];
  /** The hourly signed digests; null when no audit key is configured: then no digest is signed or checked. */
  readonly digests: DigestVerification | null;
  /** False when the verification stopped at the last break listed here; there may be more. */
  readonly isComplete: boolean;
}
