import type { Availability } from '@integrations/provider-kit';
import type { Acquired, CloudIdentity } from '../cloud/held-credential';
import { LazySdk } from '../cloud/lazy-sdk';

/** The keys that sign requests to AWS. Must never be printed. */
export interface AwsKeys {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  /** Present for temporary keys. */
  readonly sessionToken?: string;
}

/** The AWS keys of our process, from environment, shared files, IRSA, pod identity, ECS or EC2 role, in the SDK's order. */
export class AwsKeysIdentity implements CloudIdentity<AwsKeys> {
  readonly #sdk = new LazySdk('@aws-sdk/credential-providers', () => import('@aws-sdk/credential-providers'));

  constructor(
    /** Called with each secret part of the keys; feeds the log scrubber. */
    private readonly hide: (text: string) => void,
    /** The region of STS; the environment's region if absent. */
    private readonly region?: string,
  ) {}

  isAvailable(): Availability {
    return this.#sdk.availability();
  }

  async acquire(): Promise<Acquired<AwsKeys>> {
    const { fromNodeProviderChain } = await this.#sdk.get();
    const { region } = this;
    // A new chain without the SDK's file cache, which would outlive a rotation of the shared files.
    const chain = fromNodeProviderChain({ ignoreCache: true, ...(region ? { clientConfig: { region } } : {}) });
    const { accessKeyId, secretAccessKey, sessionToken, expiration } = await chain();
    this.hide(secretAccessKey);
    if (sessionToken) this.hide(sessionToken);
    const value = { accessKeyId, secretAccessKey, ...(sessionToken ? { sessionToken } : {}) };
    return { value, expiresAt: expiration?.getTime() ?? null };
  }
}
