import type { CredentialSource } from '../plugin';
import { hasCode } from '../provider-error';
import type { Secret } from '../secret';
import { type Credential, fingerprintOf } from './credential';

/** The source of a credential: a secret store, or a cloud that mints a short-lived one from the stored secret. */
export interface Credentials {
  /** Null for anonymous access. Throws ProviderError. */
  get(signal: AbortSignal): Promise<Credential | null>;
  /** Call after the vendor refused the credential: the next `get` reads it from its source again. */
  forget(): void;
}

/** Resolves the secret once and parses it with `read`. Anonymous (null) if the integration names no secret. */
export function secretCredentials(source: CredentialSource, read: (secret: string) => Credential): Credentials {
  let known: Credential | undefined;
  return {
    get: async (signal) => {
      if (!source.present) return null;
      return (known ??= read((await source.resolve(signal)).reveal()));
    },
    forget: () => {
      known = undefined;
      source.forget();
    },
  };
}

/** Calls `use` with the credential. If it is refused, reads it from its source again and, if changed, retries once. */
export function withCredential<T>(
  credentials: Credentials,
  use: (credential: Credential | null) => Promise<T>,
  signal: AbortSignal,
): Promise<T> {
  return renewing({ get: () => credentials.get(signal), forget: () => credentials.forget(), fingerprintOf }, use);
}

/** Like `withCredential`, for code that uses the secret itself. */
export function withSecret<T>(
  source: CredentialSource,
  use: (secret: Secret) => Promise<T>,
  signal: AbortSignal,
): Promise<T> {
  const fingerprintOf = ({ fingerprint }: Secret) => fingerprint;
  return renewing({ get: () => source.resolve(signal), forget: () => source.forget(), fingerprintOf }, use);
}

interface Renewable<V> {
  get(): Promise<V>;
  forget(): void;
  fingerprintOf(value: V): string;
}

/** A transient `unauthenticated` is rethrown at once: another value would not help. */
async function renewing<V, T>({ get, forget, fingerprintOf }: Renewable<V>, use: (value: V) => Promise<T>): Promise<T> {
  const value = await get();
  try {
    return await use(value);
  } catch (error) {
    if (!hasCode(error, 'unauthenticated') || error.transient) throw error;
    forget();
    const renewed = await get();
    if (fingerprintOf(renewed) === fingerprintOf(value)) throw error;
    return use(renewed);
  }
}
