import { type Availability, type Clock, type Cloud, CLOUDS, Secret } from '@integrations/provider-kit';
import { AwsKeysIdentity } from '../aws/aws-keys-identity';
import { AzureIdentity } from '../azure/azure-identity';
import { type CloudIdentity, HeldCredential } from '../cloud/held-credential';
import { GcpIdentity } from '../gcp/gcp-identity';
import { SecretStoreError, type SecretStore, type StoreRequest } from '../secret-store';
import { refuseVersion } from '../secret-text';

export interface AmbientStoreOptions {
  /** The tenants that may use our own identity; `*` for all tenants. */
  readonly tenants: readonly string[];
  readonly clock: Clock;
  /** Called with each secret of ours for a cloud; feeds the log scrubber. */
  readonly hide: (text: string) => void;
}

/** The scope of an Azure token: tenants may use the identity for registries only. */
const AZURE_SCOPE = 'https://containerregistry.azure.net/.default';
/** Between two look-ups at a cloud, for all tenants together, because metadata services are rate-limited. */
const LOOKUP_EVERY_MS = 60_000;
/** How long a caller may cache a value from a store. */
const CACHED_MS = 5 * 60_000;

/**
 * The identity of our own process at a cloud, for integrations without a credential of their own. `authref://ambient/aws`
 * yields the keys as JSON; `authref://ambient/azure` and `authref://ambient/gcp` yield an access token. The vendor's SDK
 * finds them in metadata services, workload identity, files or environment. Only tenants that the operator named may use
 * the identity, and only towards that cloud.
 */
export class AmbientStore implements SecretStore {
  readonly name = 'ambient';
  readonly #tenants: ReadonlySet<string>;
  readonly #held: Readonly<Record<Cloud, HeldCredential<string>>>;

  constructor({ tenants, clock, hide }: AmbientStoreOptions) {
    this.#tenants = new Set(tenants);
    const held = (identity: CloudIdentity<object | string>) => new HeldCredential(asText(identity, clock), clock);
    this.#held = {
      aws: held(new AwsKeysIdentity(hide)),
      azure: held(new AzureIdentity(AZURE_SCOPE, hide)),
      gcp: held(new GcpIdentity(hide)),
    };
  }

  isAvailable(): Availability {
    return { available: true };
  }

  async read({ tenantId, ref, identityAt }: StoreRequest, signal: AbortSignal): Promise<Secret> {
    refuseVersion(ref);
    const cloud = CLOUDS.find((name) => name === ref.path);
    if (!cloud || ref.key !== undefined) {
      throw new SecretStoreError('not_found', 'the ambient store has only authref://ambient/aws, /azure and /gcp');
    }
    if (!this.#tenants.has(tenantId) && !this.#tenants.has('*')) {
      throw new SecretStoreError('denied', 'AMBIENT_IDENTITY does not lend the identity of this host to the tenant');
    }
    if (identityAt !== cloud) {
      const message = `the identity of this host is used for ${cloud} only: through the provider of its registries, at their own host names, over https and without a caBundle`;
      throw new SecretStoreError('denied', message);
    }
    return new Secret((await this.#held[cloud].get(signal)).value);
  }
}

/**
 * The identity as the text of a secret. It is looked up again soon, whenever it expires, because it may have been changed
 * or revoked. The `Secret` has no expiry: users would take an expiry for something that they have to renew.
 */
function asText(identity: CloudIdentity<object | string>, clock: Clock): CloudIdentity<string> {
  return {
    isAvailable: () => identity.isAvailable(),
    acquire: async (signal) => {
      const { value, expiresAt } = await identity.acquire(signal);
      // Twice, because HeldCredential renews a credential of less than ten minutes at half its life.
      const until = Math.min((expiresAt ?? Infinity) - CACHED_MS, clock.now() + 2 * LOOKUP_EVERY_MS);
      return { value: typeof value === 'string' ? value : JSON.stringify(value), expiresAt: until };
    },
  };
}
