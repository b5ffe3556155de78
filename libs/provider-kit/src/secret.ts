import { hash } from 'node:crypto';
import { inspect } from 'node:util';

const REDACTED = '[redacted]';

/** A secret value that cannot be printed by accident: only `reveal()` returns it. */
export class Secret {
  readonly #value: string;
  #fingerprint: string | undefined;

  constructor(
    value: string,
    /** The version in the secret store; part of every cache key that depends on the value. */
    readonly version: string | null = null,
    readonly expiresAt: Date | null = null,
  ) {
    this.#value = value;
  }

  reveal(): string {
    return this.#value;
  }

  /** Distinguishes values in cache keys without revealing them. */
  get fingerprint(): string {
    return (this.#fingerprint ??= hash('sha256', this.#value, 'hex').slice(0, 32));
  }

  toString(): string {
    return REDACTED;
  }

  toJSON(): string {
    return REDACTED;
  }

  [inspect.custom](): string {
    return REDACTED;
  }
}

/** The clouds in which our own process can have an identity. */
export const CLOUDS = ['aws', 'azure', 'gcp'] as const;
export type Cloud = (typeof CLOUDS)[number];

/** The purpose for which a credential is read; the access audit records it. */
export type SecretPurpose = 'test' | 'health' | 'annotate' | 'discover';

export interface SecretRequest {
  readonly tenantId: string;
  readonly authRef: string;
  readonly purpose: SecretPurpose;
  readonly integrationId: string | null;
  /** Set if only this cloud will ever see the secret, so our own identity there may serve. Absent if others might. */
  readonly identityAt?: Cloud;
  /** Bypasses the cache and reads the secret from its store now. All other callers then get the new value, too. */
  readonly fresh?: boolean;
}

/** Resolves references to secrets. Implemented by `libs/secrets`. Throws ProviderError `secret_unresolvable`. */
export interface SecretResolver {
  resolve(request: SecretRequest, signal: AbortSignal): Promise<Secret>;
  /** Drops the cached value of a reference after a vendor refused it. */
  forget(request: SecretRequest): void;
}
