import type { SecretPurpose } from '@integrations/provider-kit';
import type { SecretStoreErrorCode } from '../stores/secret-store';

/** A lease of a credential, or a failed attempt. Contains neither the secret nor its path. */
export interface AccessEntry {
  readonly at: Date;
  readonly tenantId: string;
  readonly integrationId: string | null;
  readonly purpose: SecretPurpose;
  readonly store: string;
  /** The reference's `Fingerprint`. */
  readonly fingerprint: string;
  readonly version: string | null;
  /** `stale`: the store is unavailable, and its last value was used. */
  readonly outcome: 'resolved' | 'stale' | SecretStoreErrorCode;
}

export interface AccessAudit {
  /** Resolves once the entry is stored durably. If it rejects, the secret is withheld. */
  record(entry: AccessEntry): Promise<void>;
}
