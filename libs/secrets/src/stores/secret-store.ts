import type { Availability, Cloud, Secret } from '@integrations/provider-kit';
import type { AuthRef } from '../auth-ref/auth-ref';

export interface StoreRequest {
  /** Whose secret: a store never gives one tenant what belongs to another. */
  readonly tenantId: string;
  readonly ref: AuthRef;
  /** As in SecretRequest. */
  readonly identityAt?: Cloud | undefined;
}

/** Where secrets are kept. */
export interface SecretStore {
  /** As references name it. */
  readonly name: string;
  isAvailable(): Availability;
  /** Throws SecretStoreError. */
  read(request: StoreRequest, signal: AbortSignal): Promise<Secret>;
}

/** `unavailable`: the store could not be asked, so nothing is known of the secret. The others are its answer. */
export type SecretStoreErrorCode = 'not_found' | 'denied' | 'unavailable';

/** The message names no path and no content. */
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
