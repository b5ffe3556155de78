import type { Availability } from '@integrations/provider-kit';
import type { Acquired, CloudIdentity } from '../cloud/held-credential';
import { LazySdk } from '../cloud/lazy-sdk';

/** Secret Manager and Artifact Registry take no narrower scope; what may be read is for IAM to say. */
const SCOPE = 'https://www.googleapis.com/auth/cloud-platform';

/** Access tokens of Application Default Credentials: key file, workload identity federation, metadata server. */
export class GcpIdentity implements CloudIdentity<string> {
  readonly #sdk = new LazySdk('google-auth-library', () => import('google-auth-library'));

  /** `hide` is told each token: feeds the log scrubber. */
  constructor(private readonly hide: (token: string) => void) {}

  isAvailable(): Availability {
    return this.#sdk.availability();
  }

  async acquire(): Promise<Acquired<string>> {
    const { GoogleAuth } = await this.#sdk.get();
    // Tokens are of no project. Told none, the SDK asks the Resource Manager for one, which many a project has not enabled.
    const client = await new GoogleAuth({ scopes: [SCOPE], projectId: 'none' }).getClient();
    const { token } = await client.getAccessToken();
    if (!token) throw new TypeError('no access token');
    this.hide(token);
    return { value: token, expiresAt: client.credentials.expiry_date ?? null };
  }
}
