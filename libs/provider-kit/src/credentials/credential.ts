import { shortHash } from '../marked-body';
import { ProviderError } from '../provider-error';

/** What a service is shown to prove who asks. Never to be printed. */
export type Credential =
  | { readonly kind: 'basic'; readonly username: string; readonly password: string }
  /** An identity token, which only the token server of a registry takes: `grant_type=refresh_token`. */
  | { readonly kind: 'refresh_token'; readonly token: string }
  /** Sent as it is. */
  | { readonly kind: 'bearer'; readonly token: string };

/** User and password; without a name of its own, the secret is `user:password`. Throws `invalid_request` where it is not. */
export function passwordCredential(username: string | undefined, secret: string): Credential {
  if (username !== undefined) return { kind: 'basic', username, password: secret };
  const colon = secret.indexOf(':');
  if (colon < 1)
    throw new ProviderError('invalid_request', 'config.username is missing, and the secret is not user:password');
  return { kind: 'basic', username: secret.slice(0, colon), password: secret.slice(colon + 1) };
}

/** Names a credential in cache keys without giving it away. */
export function fingerprintOf(credential: Credential | null): string {
  return credential ? shortHash(...Object.values(credential)) : 'anonymous';
}
