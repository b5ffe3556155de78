import { isObject, type JsonObject } from '@integrations/provider-kit';
import type { AuthRef } from '../../auth-ref/auth-ref';
import { SecretStoreError } from '../secret-store';
import { type Answer, StoreService, type StoreServiceOptions } from '../store-service';

export interface VaultApiOptions extends Omit<StoreServiceOptions, 'title'> {
  readonly namespace?: string;
}

/** The HTTP API of HashiCorp Vault and OpenBao. https://developer.hashicorp.com/vault/api-docs */
export class VaultApi {
  readonly #service: StoreService;

  constructor(private readonly options: VaultApiOptions) {
    this.#service = new StoreService({ ...options, title: 'the vault' });
  }

  get(path: string, token: string, signal: AbortSignal): Promise<Answer> {
    return this.#service.ask({ path: `/v1/${path}`, headers: this.#headers(token) }, signal);
  }

  /** A null token is for logging in. */
  post(path: string, token: string | null, body: object, signal: AbortSignal): Promise<Answer> {
    return this.#service.ask({ method: 'POST', path: `/v1/${path}`, headers: this.#headers(token), body }, signal);
  }

  #headers(token: string | null): Record<string, string> {
    const { namespace } = this.options;
    return {
      // Vault Agent and Vault Proxy can be configured to reject requests without it.
      'x-vault-request': 'true',
      ...(token === null ? {} : { 'x-vault-token': token }),
      ...(namespace === undefined ? {} : { 'x-vault-namespace': namespace }),
    };
  }
}

/** The error for an answer other than 200. Only a vault's own 403 and 404 say anything about the secret, not a proxy's. */
export function refusalOf({ status, body }: Answer): SecretStoreError {
  const isVault = body !== null && ('errors' in body || 'data' in body);
  if (isVault && status === 403) return new SecretStoreError('denied', 'the vault denies access to this path');
  if (isVault && status === 404 && !isAboutSecret(body)) {
    return new SecretStoreError('unavailable', 'the vault has no engine of VAULT_KV_VERSION at VAULT_MOUNT (404)');
  }
  if (isVault && status === 404) return new SecretStoreError('not_found', 'the vault has no such secret or version');
  if (status === 503) return new SecretStoreError('unavailable', 'the vault is sealed or cannot serve (503)');
  return new SecretStoreError('unavailable', `the vault answered with status ${status}`);
}

/**
 * True if a 404 is about the secret. A 404 with an error or a warning is not: there is no engine, for example while one is
 * being moved, or the engine has the other KV version.
 */
function isAboutSecret({ errors, data }: JsonObject): boolean {
  return isObject(data) || (Array.isArray(errors) && errors.length === 0);
}

export function objectIn(body: JsonObject | null, name: string): JsonObject {
  const value = body?.[name];
  if (isObject(value)) return value;
  throw new SecretStoreError('unavailable', `the vault answered without ${name}`);
}

/** `?version=` of KV 2 as the query of a request. */
export function versionQuery({ version }: AuthRef): string {
  if (version === undefined) return '';
  if (/^[1-9]\d{0,8}$/.test(version)) return `?version=${version}`;
  throw new SecretStoreError('not_found', 'a version of the vault is a whole number from 1');
}
