import { type Availability, type Clock, type Cloud, CLOUDS, Secret } from '@integrations/provider-kit';
import { AwsKeysIdentity } from '../aws/aws-keys-identity';
import { AzureIdentity } from '../azure/azure-identity';
import { type CloudIdentity, HeldCredential } from '../cloud/held-credential';
import { GcpIdentity } from '../gcp/gcp-identity';
import { SecretStoreError, type SecretStore, type StoreRequest } from '../secret-store';
import { refuseVersion } from '../secret-text';

export interface AmbientStoreOptions {
  /** To whom our own identity is lent; `*` is everybody. */
  readonly tenants: readonly string[];
  readonly clock: Clock;
  /** Told each secret of ours for a cloud: feeds the log scrubber. */
  readonly hide: (text: string) => void;
}

/** What a token of Azure is for: registries are all that it is lent for. */
const AZURE_SCOPE = 'https://containerregistry.azure.net/.default';
/** Between two look-ups at a cloud, however many tenants ask; metadata services limit how often they answer. */
const LOOKED_UP_MS = 60_000;
/** For so long whoever reads a store may keep what it gave. */
const KEPT_MS = 5 * 60_000;

/**
 * Who our own process is at a cloud, for integrations that bring no credential: `authref://ambient/aws` is the keys, as JSON,
 * `authref://ambient/azure` and `authref://ambient/gcp` an access token, from metadata services, workload identity, files or
 * environment, as the vendor's SDK finds them. Only tenants that the operator named are lent it, and only to show it to that
 * cloud.
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
      throw new SecretStoreError('not_found', 'what there is are authref://ambient/aws, /azure and /gcp');
    }
    if (!this.#tenants.has(tenantId) && !this.#tenants.has('*')) {
      throw new SecretStoreError('denied', 'AMBIENT_IDENTITY does not lend the identity of this host to the tenant');
    }
    if (identityAt !== cloud) {
      const message = `the identity of this host is shown to ${cloud} only: by the provider of its registries, at their own names, over https and without a caBundle`;
      throw new SecretStoreError('denied', message);
    }
    return new Secret((await this.#held[cloud].get(signal)).value);
  }
}

/**
 * The identity as the text of a secret. Looked up anew before long, whenever it ends: it may have been changed or revoked. A
 * `Secret` of it has no end of its own, which would be taken for something that somebody has to renew.
 */
function asText(identity: CloudIdentity<object | string>, clock: Clock): CloudIdentity<string> {
  return {
    isAvailable: () => identity.isAvailable(),
    acquire: async (signal) => {
      const { value, expiresAt } = await identity.acquire(signal);
      // Of what is held for less than ten minutes, the second half is not used.
      const until = Math.min((expiresAt ?? Infinity) - KEPT_MS, clock.now() + 2 * LOOKED_UP_MS);
      return { value: typeof value === 'string' ? value : JSON.stringify(value), expiresAt: until };
    },
  };
}
