import {
  ChallengeAuthorizer,
  type Credential,
  type IntegrationConfig,
  OciRegistry,
  passwordCredential,
  type ProviderDeps,
  type RegistryApi,
  secretCredentials,
} from '@integrations/provider-kit';
import type { QuayConfig } from './config';

/** Quay's registry, and its API. */
export interface QuayClient {
  readonly endpoint: string;
  readonly registry: OciRegistry;
  readonly authorizer: ChallengeAuthorizer;
  /** Takes OAuth access tokens only. */
  readonly api: RegistryApi;
  /** What the registry is shown. */
  credential(signal: AbortSignal): Promise<Credential | null>;
}

const PRODUCT = 'Quay';
/** The name beside an OAuth access token. https://docs.projectquay.io/use_quay.html */
const OAUTH = '$oauthtoken';

export function openQuay({ endpoint, config }: IntegrationConfig<QuayConfig>, deps: ProviderDeps): QuayClient {
  const credentials = secretCredentials(deps.credential, (secret) => passwordCredential(config.username, secret));
  const common = { endpoint, product: PRODUCT, deps };
  const authorizer = new ChallengeAuthorizer({ ...common, credentials });
  const headers = async (signal: AbortSignal): Promise<Record<string, string>> => {
    const credential = await credentials.get(signal);
    return isOAuth(credential) ? { authorization: `Bearer ${credential.password}` } : {};
  };
  return {
    endpoint,
    registry: new OciRegistry({ ...common, authorizer }),
    authorizer,
    api: { base: `${endpoint}/api/v1`, product: PRODUCT, deps, headers },
    credential: (signal) => credentials.get(signal),
  };
}

export function isOAuth(credential: Credential | null): credential is Extract<Credential, { kind: 'basic' }> {
  return credential?.kind === 'basic' && credential.username === OAUTH;
}
