import { hash } from 'node:crypto';
import { inspect } from 'node:util';

const REDACTED = '[redacted]';

/** A secret value that cannot be printed by accident: only `reveal()` gives it out. */
export class Secret {
  readonly #value: string;
  #fingerprint: string | undefined;

  constructor(
    value: string,
    /** The version the store gave it, part of every cache key that depends on the value. */
    readonly version: string | null = null,
    readonly expiresAt: Date | null = null,
  ) {
    this.#value = value;
  }

  reveal(): string {
    return this.#value;
  }

  /** Tells values apart in cache keys, and says nothing about them. */
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

/** Those at which our own process can have an identity. */
export const CLOUDS = ['aws', 'azure', 'gcp'] as const;
export type Cloud = (typeof CLOUDS)[number];

/** What a credential is used for; the access audit records it. */
export type SecretPurpose = 'test' | 'health' | 'annotate' | 'discover';

export interface SecretRequest {
  readonly tenantId: string;
  readonly authRef: string;
  readonly purpose: SecretPurpose;
  readonly integrationId: string | null;
  /** The cloud that alone will see the secret, so that it may be our own identity there; absent where anybody might. */
  readonly identityAt?: Cloud;
  /** To be read from its store now, whatever is kept of it; everybody profits from what is read. */
  readonly fresh?: boolean;
}

/** Turns references into secrets. Implemented by `libs/secrets`; throws ProviderError `secret_unresolvable`. */
export interface SecretResolver {
  resolve(request: SecretRequest, signal: AbortSignal): Promise<Secret>;
  /** Drops what is cached for a reference, after a vendor refused the value. */
  forget(request: SecretRequest): void;
}
