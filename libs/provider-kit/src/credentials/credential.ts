import { shortHash } from '../marked-body';
import { ProviderError } from '../provider-error';

/** What we send to a service to authenticate. Must never be printed. */
export type Credential =
  | { readonly kind: 'basic'; readonly username: string; readonly password: string }
  /** An identity token, which only a registry's token server accepts, as `grant_type=refresh_token`. */
  | { readonly kind: 'refresh_token'; readonly token: string }
  /** Sent unchanged, as `Authorization: Bearer …`. */
  | { readonly kind: 'bearer'; readonly token: string };

/** User and password. Without `username`, the secret must be `user:password`; throws `invalid_request` if it is not. */
export function passwordCredential(username: string | undefined, secret: string): Credential {
  if (username !== undefined) return { kind: 'basic', username, password: secret };
  const colon = secret.indexOf(':');
  if (colon < 1)
    throw new ProviderError('invalid_request', 'config.username is missing, and the secret is not user:password');
  return { kind: 'basic', username: secret.slice(0, colon), password: secret.slice(colon + 1) };
}

/** Identifies a credential in cache keys without revealing it. */
export function fingerprintOf(credential: Credential | null): string {
  return credential ? shortHash(...Object.values(credential)) : 'anonymous';
}
