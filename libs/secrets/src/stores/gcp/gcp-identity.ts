import type { Availability } from '@integrations/provider-kit';
import type { Acquired, CloudIdentity } from '../cloud/held-credential';
import { LazySdk } from '../cloud/lazy-sdk';

/** Secret Manager and Artifact Registry accept no narrower scope; IAM decides what may be read. */
const SCOPE = 'https://www.googleapis.com/auth/cloud-platform';

/** Access tokens of Application Default Credentials: key file, workload identity federation, metadata server. */
export class GcpIdentity implements CloudIdentity<string> {
  readonly #sdk = new LazySdk('google-auth-library', () => import('google-auth-library'));

  /** `hide` is called with each token; it feeds the log scrubber. */
  constructor(private readonly hide: (token: string) => void) {}

  isAvailable(): Availability {
    return this.#sdk.availability();
  }

  async acquire(): Promise<Acquired<string>> {
    const { GoogleAuth } = await this.#sdk.get();
    // Tokens do not depend on a project. Without one, the SDK asks Resource Manager, which many projects have not enabled.
    const client = await new GoogleAuth({ scopes: [SCOPE], projectId: 'none' }).getClient();
    const { token } = await client.getAccessToken();
    if (!token) throw new TypeError('no access token');
    this.hide(token);
    return { value: token, expiresAt: client.credentials.expiry_date ?? null };
  }
}
