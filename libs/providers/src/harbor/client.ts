import {
  type IntegrationConfig,
  type JsonApi,
  OciRegistry,
  passwordCredential,
  type ProviderDeps,
  registryError,
  secretCredentials,
} from '@integrations/provider-kit';
import { HarborAuthorizer } from './authorizer';
import type { HarborConfig } from './config';

/** Harbor's registry, and its API. */
export interface HarborClient {
  readonly registry: OciRegistry;
  readonly api: JsonApi;
  /** The API without the credential, since each refused credential counts towards locking its account. */
  readonly anonymous: JsonApi;
  /** The user name that we authenticate with. */
  username(signal: AbortSignal): Promise<string>;
}

const PRODUCT = 'Harbor';

export function openHarbor({ endpoint, config }: IntegrationConfig<HarborConfig>, deps: ProviderDeps): HarborClient {
  const credentials = secretCredentials(deps.credential, (secret) => passwordCredential(config.username, secret));
  const authorizer = new HarborAuthorizer(endpoint, credentials, deps);
  const common = { base: `${endpoint}/api/v2.0`, product: PRODUCT, deps, refusing: registryError };
  return {
    registry: new OciRegistry({ endpoint, product: PRODUCT, deps, authorizer }),
    api: { ...common, headers: (signal) => authorizer.authorize([], signal) },
    anonymous: { ...common, headers: async () => ({}) },
    username: async (signal) => {
      const credential = await credentials.get(signal);
      return credential?.kind === 'basic' ? credential.username : 'anonymous';
    },
  };
}
