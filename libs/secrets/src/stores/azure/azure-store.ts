import {
  type Availability,
  type Egress,
  type EgressResponse,
  jsonObject,
  type Secret,
} from '@integrations/provider-kit';
import type { AuthRef } from '../../auth-ref/auth-ref';
import { getWithBearer } from '../cloud/bearer-call';
import type { CloudStoreOptions } from '../cloud/cloud-store-options';
import { type CloudIdentity, HeldCredential } from '../cloud/held-credential';
import { malformed, READ_TIMEOUT_MS, reasonOf, refusal, valueAt, withTimeout } from '../cloud/store-call';
import { tenantName } from '../cloud/tenant-name';
import { SecretStoreError, type SecretStore, type StoreRequest } from '../secret-store';
import { namedPart, textSecret } from '../secret-text';
import { AzureIdentity } from './azure-identity';

export interface AzureStoreOptions extends CloudStoreOptions<string> {
  /** The address of the vault, such as `https://my-vault.vault.azure.net`. */
  readonly vaultUrl: string;
}

const API_VERSION = '7.4';
const NAME = /^[A-Za-z0-9-]{1,127}$/;
const VERSION = /^[0-9a-f]{32}$/;
/** Its firewall does not know our address; or it allows private links only. https://learn.microsoft.com/azure/key-vault/general/network-security */
const NETWORK_RULES: readonly string[] = ['ForbiddenByFirewall', 'ForbiddenByConnection'];
const PUBLIC_CLOUD = 'vault.azure.net';
const SOVEREIGN_CLOUDS = ['vault.azure.cn', 'vault.usgovcloudapi.net'];

/**
 * Azure Key Vault: `authref://azure/github-key` is the secret `<prefix>github-key`, in its newest version unless `?version=`
 * names one by its 32 hexadecimal digits.
 * https://learn.microsoft.com/rest/api/keyvault/secrets/get-secret/get-secret
 */
export class AzureStore implements SecretStore {
  readonly name = 'azure';
  readonly #egress: Egress;
  readonly #identity: CloudIdentity<string>;
  readonly #token: HeldCredential<string>;

  constructor(private readonly options: AzureStoreOptions) {
    const { vaultUrl, egress, clock } = options;
    this.#egress = egress.bind({ endpoint: vaultUrl });
    this.#identity = options.identity ?? new AzureIdentity(scopeOf(vaultUrl), options.hide);
    this.#token = new HeldCredential(this.#identity, clock);
  }

  isAvailable(): Availability {
    return this.#identity.isAvailable();
  }

  async read(request: StoreRequest, signal: AbortSignal): Promise<Secret> {
    const { ref } = request;
    const path = `/secrets/${secretName(tenantName(this.options.prefix, request))}${versionOf(ref)}`;
    const url = new URL(`${path}?api-version=${API_VERSION}`, this.options.vaultUrl).href;
    const response = await withTimeout(signal, this.options.timeoutMs ?? READ_TIMEOUT_MS, (ending) =>
      getWithBearer(this.#egress, this.#token, url, ending),
    );
    return secretOf(response, ref);
  }
}

/** Ignores the scope in the vault's challenge: an impostor must not choose what our token is valid for. */
function scopeOf(vaultUrl: string): string {
  const { hostname } = new URL(vaultUrl);
  const cloud = SOVEREIGN_CLOUDS.find((domain) => hostname.endsWith(`.${domain}`)) ?? PUBLIC_CLOUD;
  return `https://${cloud}/.default`;
}

function secretName(name: string): string {
  if (NAME.test(name)) return name;
  throw new SecretStoreError('not_found', 'the path of an azure secret is one name of letters, digits and -');
}

function versionOf({ version }: AuthRef): string {
  if (version === undefined) return '';
  if (VERSION.test(version)) return `/${version}`;
  throw new SecretStoreError('not_found', 'a version of the azure store is 32 hexadecimal digits');
}

function secretOf(response: EgressResponse, ref: AuthRef): Secret {
  const answer = jsonObject(response.text());
  if (response.status !== 200) throw errorOf(response, answer);
  const value = valueAt(answer, 'value');
  const [, version] = /\/([0-9a-f]{32})$/.exec(String(valueAt(answer, 'id'))) ?? [];
  if (typeof value !== 'string' || version === undefined) throw malformed();
  return textSecret(namedPart(value, ref), version, expiryOf(valueAt(answer, 'attributes', 'exp')));
}

/** A vault whose network rules keep us out says nothing about the secret, although its code is that of a denial. */
function errorOf(response: EgressResponse, answer: unknown): SecretStoreError {
  const detail = reasonOf(valueAt(answer, 'error', 'innererror', 'code'));
  if (NETWORK_RULES.includes(detail)) return refusal(response, detail, 'unavailable');
  return refusal(response, reasonOf(valueAt(answer, 'error', 'code')));
}

/** Seconds since the epoch. */
function expiryOf(exp: unknown): Date | null {
  return typeof exp === 'number' && Number.isSafeInteger(exp) ? new Date(exp * 1000) : null;
}
