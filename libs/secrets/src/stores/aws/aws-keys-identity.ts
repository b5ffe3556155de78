import type { Availability } from '@integrations/provider-kit';
import type { Acquired, CloudIdentity } from '../cloud/held-credential';
import { LazySdk } from '../cloud/lazy-sdk';

/** What requests to AWS are signed with. Never to be printed. */
export interface AwsKeys {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  /** Of temporary keys. */
  readonly sessionToken?: string;
}

/** The keys of our process at AWS: environment, shared files, IRSA, pod identity, ECS or EC2 role, in the order of the SDK. */
export class AwsKeysIdentity implements CloudIdentity<AwsKeys> {
  readonly #sdk = new LazySdk('@aws-sdk/credential-providers', () => import('@aws-sdk/credential-providers'));

  constructor(
    /** Told each part of the keys that is secret: feeds the log scrubber. */
    private readonly hide: (text: string) => void,
    /** Where STS is asked; that of the environment if absent. */
    private readonly region?: string,
  ) {}

  isAvailable(): Availability {
    return this.#sdk.availability();
  }

  async acquire(): Promise<Acquired<AwsKeys>> {
    const { fromNodeProviderChain } = await this.#sdk.get();
    const { region } = this;
    // A new chain that reads the shared files anew: the SDK's own memory would outlive a rotation.
    const chain = fromNodeProviderChain({ ignoreCache: true, ...(region ? { clientConfig: { region } } : {}) });
    const { accessKeyId, secretAccessKey, sessionToken, expiration } = await chain();
    this.hide(secretAccessKey);
    if (sessionToken) this.hide(sessionToken);
    const value = { accessKeyId, secretAccessKey, ...(sessionToken ? { sessionToken } : {}) };
    return { value, expiresAt: expiration?.getTime() ?? null };
  }
}
