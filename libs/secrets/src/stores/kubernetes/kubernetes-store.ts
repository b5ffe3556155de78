import { type Availability, isObject, type Secret } from '@integrations/provider-kit';
import { SecretStoreError, type SecretStore, type StoreRequest } from '../secret-store';
import { namedField, refuseVersion, textOfBytes, textSecret } from '../secret-text';
import { type Answer, StoreService, type StoreServiceOptions } from '../store-service';
import { readable, type TokenFile } from '../token-file';

const NAMESPACE = /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/;
const NAME = /^(?=.{1,253}$)[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*$/;

export interface KubernetesStoreOptions extends Omit<StoreServiceOptions, 'title'> {
  /** The token of our service account. */
  readonly tokenFile: TokenFile;
  readonly caFile: string;
  /** For each tenant, the namespaces whose secrets it may name. */
  readonly namespaces: ReadonlyMap<string, ReadonlySet<string>>;
}

/** Kubernetes secrets: `authref://k8s/<namespace>/<name>#<key>`. `#key` is optional, as for the vault (`namedField`). */
export class KubernetesStore implements SecretStore {
  readonly name = 'k8s';
  readonly #service: StoreService;

  constructor(private readonly options: KubernetesStoreOptions) {
    this.#service = new StoreService({ ...options, title: 'the Kubernetes API server' });
  }

  isAvailable(): Availability {
    const { tokenFile, caFile } = this.options;
    const token = tokenFile.isAvailable();
    return token.available ? readable(caFile, 'K8S_CA_FILE') : token;
  }

  async read(request: StoreRequest, signal: AbortSignal): Promise<Secret> {
    signal.throwIfAborted();
    refuseVersion(request.ref);
    const path = this.#pathOf(request);
    const token = await this.options.tokenFile.read(signal);
    const answer = await this.#service.ask({ path, headers: { authorization: `Bearer ${token}` } }, signal);
    if (answer.status !== 200 || answer.body?.['kind'] !== 'Secret') throw this.#refusalOf(answer);
    const { data, metadata } = answer.body;
    const version = isObject(metadata) ? metadata['resourceVersion'] : undefined;
    const encoded = namedField(isObject(data) ? data : {}, request.ref);
    return textSecret(textOfBytes(encoded), typeof version === 'string' ? version : null, null);
  }

  #pathOf({ tenantId, ref }: StoreRequest): string {
    const [namespace = '', name = '', ...more] = ref.path.split('/');
    if (more.length > 0 || !NAMESPACE.test(namespace) || !NAME.test(name)) {
      throw new SecretStoreError('not_found', 'the path of a k8s secret is <namespace>/<name>');
    }
    if (!this.options.namespaces.get(tenantId)?.has(namespace)) {
      throw new SecretStoreError('denied', 'the tenant may not name secrets of this namespace');
    }
    return `/api/v1/namespaces/${namespace}/secrets/${name}`;
  }

  /** Only a 403 or 404 of the API server itself says anything about the secret; a proxy's does not. */
  #refusalOf({ status, body }: Answer): SecretStoreError {
    const isKubernetes = body?.['kind'] === 'Status';
    if (isKubernetes && status === 404) return new SecretStoreError('not_found', 'there is no such secret');
    if (isKubernetes && status === 403) {
      return new SecretStoreError('denied', 'our service account may not get this secret');
    }
    if (status === 401) return this.#service.unavailable('refuses our service account token (401)');
    return this.#service.unavailable(`answered with status ${status}`);
  }
}
