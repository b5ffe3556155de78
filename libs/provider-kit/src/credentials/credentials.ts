import type { CredentialSource } from '../plugin';
import { hasCode } from '../provider-error';
import type { Secret } from '../secret';
import { type Credential, fingerprintOf } from './credential';

/** Where the credential comes from: a secret store, or a cloud that mints one for it. */
export interface Credentials {
  /** Null for anonymous access. Throws ProviderError. */
  get(signal: AbortSignal): Promise<Credential | null>;
  /** After a refusal: the next `get` asks anew. */
  forget(): void;
}

/** Those of a secret, which is resolved once and read by `read`; anonymous where the integration names none. */
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

/** What `use` makes of the credential. One that is refused is asked of its source once more, and used again if it has changed. */
export function withCredential<T>(
  credentials: Credentials,
  use: (credential: Credential | null) => Promise<T>,
  signal: AbortSignal,
): Promise<T> {
  return renewing({ get: () => credentials.get(signal), forget: () => credentials.forget(), fingerprintOf }, use);
}

/** The same of a secret by itself. */
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

/** An error that will pass is not for want of another value. */
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
