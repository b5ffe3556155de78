/** An entry of `GET /audit`. */
export interface AuditEntry {
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
