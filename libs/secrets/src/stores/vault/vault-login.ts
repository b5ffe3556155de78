import { SecretStoreError } from '../secret-store';
import type { Answer } from '../store-service';
import type { TokenFile } from '../token-file';
import { objectIn, type VaultApi } from './vault-api';

/** How we authenticate to a vault. `mount` is where the auth method is mounted. */
export type VaultAuth =
  | { readonly method: 'token'; readonly tokenFile: TokenFile }
  | { readonly method: 'approle'; readonly mount: string; readonly roleId: string; readonly secretIdFile: TokenFile }
  | { readonly method: 'kubernetes'; readonly mount: string; readonly role: string; readonly jwtFile: TokenFile };

export interface VaultToken {
  readonly text: string;
  /** Lifetime in seconds from when the token was issued; 0 for a token that never expires. */
  readonly ttl: number;
  readonly renewable: boolean;
}

/** The file that holds our credential for the login. */
export function fileOf(auth: VaultAuth): TokenFile {
  if (auth.method === 'token') return auth.tokenFile;
  return auth.method === 'approle' ? auth.secretIdFile : auth.jwtFile;
}

/** Throws SecretStoreError, always `unavailable`: while the vault rejects our login, nothing is known of any secret. */
export async function logIn(api: VaultApi, auth: VaultAuth, signal: AbortSignal): Promise<VaultToken> {
  const credential = await fileOf(auth).read(signal);
  switch (auth.method) {
    case 'token':
      return lookUp(api, credential, signal);
    case 'approle': {
      const body = { role_id: auth.roleId, secret_id: credential };
      return tokenIn(await api.post(`auth/${auth.mount}/login`, null, body, signal));
    }
    case 'kubernetes': {
      const body = { role: auth.role, jwt: credential };
      return tokenIn(await api.post(`auth/${auth.mount}/login`, null, body, signal));
    }
  }
}

/** Extends the life of the token. Throws SecretStoreError `unavailable`. */
export async function renew(api: VaultApi, token: string, signal: AbortSignal): Promise<VaultToken> {
  return tokenIn(await api.post('auth/token/renew-self', token, {}, signal));
}

async function lookUp(api: VaultApi, text: string, signal: AbortSignal): Promise<VaultToken> {
  const { status, body } = await api.get('auth/token/lookup-self', text, signal);
  // The token's policies need not allow the look-up. Reading a secret will show whether the token is valid.
  if (status === 403) return { text, ttl: 0, renewable: false };
  if (status !== 200) throw refused(status);
  const data = objectIn(body, 'data');
  return { text, ttl: seconds(data['ttl']), renewable: data['renewable'] === true };
}

function tokenIn({ status, body }: Answer): VaultToken {
  if (status !== 200) throw refused(status);
  const auth = objectIn(body, 'auth');
  const text = auth['client_token'];
  if (typeof text !== 'string' || text === '') throw refused(status);
  return { text, ttl: seconds(auth['lease_duration']), renewable: auth['renewable'] === true };
}

function seconds(value: unknown): number {
  return typeof value === 'number' && value > 0 ? value : 0;
}

function refused(status: number): SecretStoreError {
  return new SecretStoreError('unavailable', `the vault refuses our login (${status})`);
}
