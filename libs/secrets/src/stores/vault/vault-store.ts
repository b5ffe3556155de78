import { TENANT_PATTERN } from '@integrations/contracts';
import { type Availability, type Clock, type JsonObject, type Secret } from '@integrations/provider-kit';
import { AuthRefError, checkPath } from '../../auth-ref/auth-ref';
import { SecretStoreError, type SecretStore, type StoreRequest } from '../secret-store';
import { namedField, refuseVersion, textSecret } from '../secret-text';
import type { Answer } from '../store-service';
import { objectIn, refusalOf, VaultApi, type VaultApiOptions, versionQuery } from './vault-api';
import { fileOf, logIn, renew, type VaultAuth } from './vault-login';
import { VaultSession } from './vault-session';

export interface VaultStoreOptions extends VaultApiOptions {
  readonly auth: VaultAuth;
  /** Where the KV engine is mounted, without `/` at the ends. */
  readonly mount: string;
  readonly kvVersion: 1 | 2;
  /** Prefix of a reference's path: whole segments, one of them `{tenant}`. */
  readonly pathPrefix: string;
  readonly clock: Clock;
  /** Called with each token of ours before its use; feeds the log scrubber. */
  readonly hide: (token: string) => void;
}

/**
 * KV secrets of HashiCorp Vault or OpenBao: `authref://vault/github/app#privateKey` is the field `privateKey` of
 * `<mount>/<prefix with the tenant>github/app`. The end of a lease, or a scheduled deletion, is the secret's expiry.
 */
export class VaultStore implements SecretStore {
  readonly name = 'vault';
  readonly #api: VaultApi;
  readonly #session: VaultSession;

  constructor(private readonly options: VaultStoreOptions) {
    this.#api = new VaultApi(options);
    this.#session = new VaultSession({
      logIn: async (signal) => {
        const token = await logIn(this.#api, options.auth, signal);
        options.hide(token.text);
        return token;
      },
      renew: (token, signal) => renew(this.#api, token, signal),
      clock: options.clock,
    });
  }

  isAvailable(): Availability {
    return fileOf(this.options.auth).isAvailable();
  }

  async read(request: StoreRequest, signal: AbortSignal): Promise<Secret> {
    signal.throwIfAborted();
    const answer = await this.#ask(this.#pathOf(request), signal);
    if (answer.status !== 200) throw refusalOf(answer);
    const { kvVersion } = this.options;
    const data = objectIn(answer.body, 'data');
    const fields = kvVersion === 2 ? objectIn(data, 'data') : data;
    const metadata = kvVersion === 2 ? objectIn(data, 'metadata') : {};
    const version = typeof metadata['version'] === 'number' ? `${metadata['version']}` : null;
    return textSecret(namedField(fields, request.ref), version, this.#expiryOf(answer.body, metadata));
  }

  /** A 403 means either a dead token or a forbidden path. Only a dead token is worth a new login. */
  async #ask(path: string, signal: AbortSignal): Promise<Answer> {
    const token = await this.#session.token(signal);
    const answer = await this.#api.get(path, token, signal);
    if (answer.status !== 403 || (await this.#isAlive(token, signal))) return answer;
    const { auth } = this.options;
    // While the file still holds the rejected token, a new login cannot help.
    if (auth.method === 'token' && (await auth.tokenFile.read(signal)) === token) {
      throw new SecretStoreError('unavailable', 'the vault refuses our token (403)');
    }
    return this.#api.get(path, await this.#session.replace(token, signal), signal);
  }

  async #isAlive(token: string, signal: AbortSignal): Promise<boolean> {
    const answer = await this.#api.get('auth/token/lookup-self', token, signal);
    if (answer.status === 200 || answer.status === 403) return answer.status === 200;
    throw refusalOf(answer);
  }

  #pathOf({ tenantId, ref }: StoreRequest): string {
    const { mount, kvVersion, pathPrefix } = this.options;
    if (!TENANT_PATTERN.test(tenantId)) throw new SecretStoreError('denied', 'the tenant has no path in the vault');
    checkedPath(ref.path);
    if (kvVersion === 1) refuseVersion(ref);
    const path = `${mount}/${kvVersion === 2 ? 'data/' : ''}${pathPrefix.replaceAll('{tenant}', tenantId)}${ref.path}`;
    return path.split('/').map(encodeURIComponent).join('/') + versionQuery(ref);
  }

  #expiryOf(body: JsonObject | null, metadata: JsonObject): Date | null {
    const { lease_id: leaseId, lease_duration: lease } = body ?? {};
    // Without an id there is no lease: KV 1 only advises when to look again, for secrets that do not expire.
    // https://developer.hashicorp.com/vault/docs/secrets/kv/kv-v1#ttls
    if (leaseId && typeof lease === 'number' && lease > 0) return new Date(this.options.clock.now() + lease * 1_000);
    const deletion = metadata['deletion_time'];
    const time = typeof deletion === 'string' ? Date.parse(deletion) : NaN;
    return Number.isNaN(time) ? null : new Date(time);
  }
}

/** Parsed references have valid paths. Checked again, because a bad path could leave the tenant's part of the vault. */
function checkedPath(path: string): void {
  try {
    checkPath(path);
  } catch (error) {
    if (error instanceof AuthRefError) throw new SecretStoreError('denied', error.message);
    throw error;
  }
}
