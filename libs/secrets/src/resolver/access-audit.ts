import type { SecretPurpose } from '@integrations/provider-kit';
import type { SecretStoreErrorCode } from '../stores/secret-store';

/** One lease of a credential, or one attempt that failed. Tells neither secret nor path. */
export interface AccessEntry {
  readonly at: Date;
  readonly tenantId: string;
  readonly integrationId: string | null;
  readonly purpose: SecretPurpose;
  readonly store: string;
  /** Of the reference, see `Fingerprint`. */
  readonly fingerprint: string;
  readonly version: string | null;
  /** `stale`: the store is unavailable and the value it gave last was used. */
  readonly outcome: 'resolved' | 'stale' | SecretStoreErrorCode;
}

export interface AccessAudit {
  /** Resolves once the entry is kept for good. While it rejects, no secret is handed out. */
  record(entry: AccessEntry): Promise<void>;
}
