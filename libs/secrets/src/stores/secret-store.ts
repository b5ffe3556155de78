import type { Availability, Cloud, Secret } from '@integrations/provider-kit';
import type { AuthRef } from '../auth-ref/auth-ref';

export interface StoreRequest {
  /** The tenant that owns the secret. A store never returns secrets of another tenant. */
  readonly tenantId: string;
  readonly ref: AuthRef;
  /** As in SecretRequest. */
  readonly identityAt?: Cloud | undefined;
}

/** A place where secrets are kept. */
export interface SecretStore {
  /** The store's name in references. */
  readonly name: string;
  isAvailable(): Availability;
  /** Throws SecretStoreError. */
  read(request: StoreRequest, signal: AbortSignal): Promise<Secret>;
}

/** `unavailable`: the store did not answer, so nothing is known of the secret. The others are answers of the store. */
export type SecretStoreErrorCode = 'not_found' | 'denied' | 'unavailable';

/** The message contains neither path nor content of the secret. */
export class SecretStoreError extends Error {
  override readonly name = 'SecretStoreError';

  constructor(
    readonly code: SecretStoreErrorCode,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}
