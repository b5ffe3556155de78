import type { Clock } from '../clock';
import type { Egress, EgressResponse } from '../egress/egress';
import { readJson } from '../egress/json-call';
import { ProviderError } from '../provider-error';
import type { MintedToken } from '../token-cache';
import { basicAuthorization } from '../credentials/authorization';
import type { Credential } from '../credentials/credential';
import { unreadable } from '../egress/api-call';
import { registryError } from './errors';
import { claimsOf } from './token-claims';

/** The token server that a registry names. */
export interface TokenRealm {
  readonly realm: URL;
  /** Null if the registry names none. */
  readonly service: string | null;
}

export interface TokenExchange {
  readonly egress: Egress;
  readonly clock: Clock;
  /** The registry's name in messages. */
  readonly product: string;
}

/** The lifetime that the specification gives a token without `expires_in`. */
const DEFAULT_LIFETIME_S = 60;
const MAX_LIFETIME_S = 86_400;
const MAX_BYTES = 1024 * 1024;
const CLIENT_ID = 'integrations';

/**
 * Fetches a token for `scopes`: by POST with an identity token, otherwise by GET, with basic authentication if there is
 * a password. https://distribution.github.io/distribution/spec/auth/token/ and …/auth/oauth/
 */
export async function fetchToken(
  { egress, clock, product }: TokenExchange,
  realm: TokenRealm,
  credential: Credential | null,
  scopes: readonly string[],
  signal: AbortSignal,
): Promise<MintedToken> {
  const mintedAt = clock.now();
  const call =
    credential?.kind === 'refresh_token' ? byPost(realm, credential.token, scopes) : byGet(realm, credential, scopes);
  const response = await egress.request({ ...call, maxResponseBytes: MAX_BYTES, signal });
  const what = `${call.method} ${realm.realm.origin}${realm.realm.pathname}`;
  if (response.status < 200 || response.status > 299) throw registryError(response, product, what, clock.now());
  const { token, lifetimeMs } = readToken(response, product, what);
  return { token, mintedAt, expiresAt: mintedAt + lifetimeMs };
}

function byGet({ realm, service }: TokenRealm, credential: Credential | null, scopes: readonly string[]) {
  const url = new URL(realm);
  if (service !== null) url.searchParams.set('service', service);
  for (const scope of scopes) url.searchParams.append('scope', scope);
  const headers: Record<string, string> = { accept: 'application/json' };
  if (credential?.kind === 'basic')
    headers['authorization'] = basicAuthorization(credential.username, credential.password);
  return { method: 'GET', url: url.href, headers };
}

function byPost({ realm, service }: TokenRealm, token: string, scopes: readonly string[]) {
  const form = new URLSearchParams({ grant_type: 'refresh_token', client_id: CLIENT_ID, refresh_token: token });
  if (service !== null) form.set('service', service);
  if (scopes.length > 0) form.set('scope', scopes.join(' '));
  const headers = { accept: 'application/json', 'content-type': 'application/x-www-form-urlencoded' };
  return { method: 'POST', url: realm.href, headers, body: form.toString() };
}

function readToken(response: EgressResponse, product: string, what: string): { token: string; lifetimeMs: number } {
  const broken = (cause?: unknown) => unreadable(product, what, cause);
  const answer = readJson(response.text(), broken) as Record<string, unknown>;
  const token = answer['token'] ?? answer['access_token'];
  if (typeof token !== 'string' || !/^[\x21-\x7e]+$/.test(token)) throw broken();
  return { token, lifetimeMs: 1_000 * lifetimeOf(answer, response.headers['date'], token) };
}

/**
 * The remaining lifetime in seconds. `issued_at` and `Date` both come from the token server's clock, so their
 * difference is the token's age even if that clock is wrong. ACR gives no lifetime outside the token itself, whose
 * expiry is by the same clock.
 */
function lifetimeOf(
  { expires_in, issued_at }: Record<string, unknown>,
  date: string | undefined,
  token: string,
): number {
  const now = Date.parse(date ?? '');
  const left = ((claimsOf(token)?.expiresAt ?? NaN) - now) / 1_000;
  if (typeof expires_in !== 'number' && left > 0) return Math.min(MAX_LIFETIME_S, left);
  const given = typeof expires_in === 'number' && expires_in > 0 ? expires_in : DEFAULT_LIFETIME_S;
  const age = (now - Date.parse(typeof issued_at === 'string' ? issued_at : '')) / 1_000;
  return Math.min(MAX_LIFETIME_S, given) - (age > 0 && age < given ? age : 0);
}

/**
 * The realm of a challenge. Throws `egress_blocked` if it is not at one of `origins`: otherwise anyone who can forge a
 * registry's answers would receive the credential.
 */
export function realmOf(
  params: Readonly<Record<string, string>>,
  origins: readonly string[],
  product: string,
): TokenRealm {
  const realm = URL.parse(params['realm'] ?? '');
  if (!realm || !['http:', 'https:'].includes(realm.protocol)) {
    throw new ProviderError('provider_unavailable', `${product} names no valid URL for tokens`, { transient: false });
  }
  if (!origins.includes(realm.origin) || realm.username !== '' || realm.password !== '') {
    const message = `${product} sends us to ${realm.origin} for a token, where the credential may not be sent`;
    throw new ProviderError('egress_blocked', message, { stage: 'egress_policy' });
  }
  return { realm, service: params['service'] ?? null };
}
