import { shortHash } from '../marked-body';
import type { CredentialSource } from '../plugin';
import { ProviderError } from '../provider-error';

/** What a registry, or its token server, is shown. Never to be printed. */
export type RegistryCredential =
  | { readonly kind: 'basic'; readonly username: string; readonly password: string }
  /** An identity token, which only a token server takes: `grant_type=refresh_token`. */
  | { readonly kind: 'refresh_token'; readonly token: string }
  /** Sent to the registry as it is. */
  | { readonly kind: 'bearer'; readonly token: string };

/** Where the credential comes from: a secret store, or a cloud that mints one for it. */
export interface RegistryCredentials {
  /** Null for anonymous access. Throws ProviderError. */
  get(signal: AbortSignal): Promise<RegistryCredential | null>;
  /** After a refusal: the next `get` asks anew. */
  forget(): void;
}

/** Those of a secret, which is resolved once and read by `read`; anonymous where the integration names none. */
export function secretCredentials(
  source: CredentialSource,
  read: (secret: string) => RegistryCredential,
): RegistryCredentials {
  let known: RegistryCredential | undefined;
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
  credentials: RegistryCredentials,
  use: (credential: RegistryCredential | null) => Promise<T>,
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

/** User and password; without a name of its own, the secret is `user:password`. Throws `invalid_request` where it is not. */
export function passwordCredential(username: string | undefined, secret: string): RegistryCredential {
  if (username !== undefined) return { kind: 'basic', username, password: secret };
  const colon = secret.indexOf(':');
  if (colon < 1)
    throw new ProviderError('invalid_request', 'config.username is missing, and the secret is not user:password');
  return { kind: 'basic', username: secret.slice(0, colon), password: secret.slice(colon + 1) };
}

/** Names a credential in cache keys without giving it away. */
export function fingerprintOf(credential: RegistryCredential | null): string {
  return credential ? shortHash(...Object.values(credential)) : 'anonymous';
}

/** The value of `Authorization` for basic authentication. Throws `invalid_request` where user or password cannot be sent. */
export function basicAuthorization(username: string, password: string): string {
  if (username.includes(':') || hasControls(username) || hasControls(password)) {
    throw new ProviderError('invalid_request', 'The user name or password holds characters that cannot be sent');
  }
  return `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`;
}

/** The value of `Authorization` for a bearer token. Throws `invalid_request` where it cannot be sent. */
export function bearerAuthorization(token: string): string {
  if (/^[\x21-\x7e]+$/.test(token)) return `Bearer ${token}`;
  throw new ProviderError('invalid_request', 'The token holds characters that cannot be sent');
}

/** What proves who asks an API that takes bearer tokens; nothing for anonymous access. */
export function bearerHeaders(
  credentials: RegistryCredentials,
): (signal: AbortSignal) => Promise<Readonly<Record<string, string>>> {
  return async (signal): Promise<Record<string, string>> => {
    const credential = await credentials.get(signal);
    return credential?.kind === 'bearer' ? { authorization: bearerAuthorization(credential.token) } : {};
  };
}

function hasControls(text: string): boolean {
  return /[\u0000-\u001f\u007f]/.test(text);
}
