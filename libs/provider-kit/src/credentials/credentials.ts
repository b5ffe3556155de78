import type { CredentialSource } from '../plugin';
import { ProviderError } from '../provider-error';
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
export async function withCredential<T>(
  credentials: Credentials,
  use: (credential: Credential | null) => Promise<T>,
  signal: AbortSignal,
): Promise<T> {
  const credential = await credentials.get(signal);
  try {
    return await use(credential);
  } catch (error) {
    if (!(error instanceof ProviderError) || error.code !== 'unauthenticated') throw error;
    credentials.forget();
    const renewed = await credentials.get(signal);
    if (fingerprintOf(renewed) === fingerprintOf(credential)) throw error;
    return use(renewed);
  }
}
