import type { Availability } from '@integrations/provider-kit';
import type { Acquired, CloudIdentity } from '../cloud/held-credential';
import { LazySdk } from '../cloud/lazy-sdk';

/** Access tokens of DefaultAzureCredential: environment, workload identity, managed identity. */
export class AzureIdentity implements CloudIdentity<string> {
  readonly #sdk = new LazySdk('@azure/identity', () => import('@azure/identity'));

  constructor(
    /** What the tokens are for, such as `https://vault.azure.net/.default`. */
    private readonly scope: string,
    /** Called with each token; feeds the log scrubber. */
    private readonly hide: (token: string) => void,
  ) {}

  isAvailable(): Availability {
    return this.#sdk.availability();
  }

  async acquire(abortSignal: AbortSignal): Promise<Acquired<string>> {
    const { DefaultAzureCredential } = await this.#sdk.get();
    // A new credential each time, because it caches its tokens, including those that were refused.
    const { token, expiresOnTimestamp } = await new DefaultAzureCredential().getToken(this.scope, { abortSignal });
    this.hide(token);
    return { value: token, expiresAt: expiresOnTimestamp };
  }
}
