import {
  type ApiAnswer,
  askApi,
  ChallengeAuthorizer,
  type Credential,
  type IntegrationConfig,
  OciRegistry,
  passwordCredential,
  type ProviderDeps,
  registryError,
  secretCredentials,
  withCredential,
} from '@integrations/provider-kit';
import type { QuayConfig } from './config';

/** Quay's registry, and its API. */
export interface QuayClient {
  readonly endpoint: string;
  readonly registry: OciRegistry;
  readonly authorizer: ChallengeAuthorizer;
  /** `GET` below `/api/v1`, which accepts OAuth access tokens only. Throws ProviderError. */
  ask(path: string, signal: AbortSignal): Promise<ApiAnswer>;
  /** The credential that is sent to the registry. */
  credential(signal: AbortSignal): Promise<Credential | null>;
}

const PRODUCT = 'Quay';
/** The user name to send with an OAuth access token. https://docs.projectquay.io/use_quay.html */
const OAUTH = '$oauthtoken';

export function openQuay({ endpoint, config }: IntegrationConfig<QuayConfig>, deps: ProviderDeps): QuayClient {
  const credentials = secretCredentials(deps.credential, (secret) => passwordCredential(config.username, secret));
  const common = { endpoint, product: PRODUCT, deps };
  const authorizer = new ChallengeAuthorizer({ ...common, credentials });
  const headers = async (signal: AbortSignal): Promise<Record<string, string>> => {
    const credential = await credentials.get(signal);
    return isOAuth(credential) ? { authorization: `Bearer ${credential.password}` } : {};
  };
  const api = { base: `${endpoint}/api/v1`, product: PRODUCT, deps, headers, refusing: registryError };
  return {
    endpoint,
    registry: new OciRegistry({ ...common, authorizer }),
    authorizer,
    ask: (path, signal) => withCredential(credentials, () => askApi(api, { path }, signal), signal),
    credential: (signal) => credentials.get(signal),
  };
}

export function isOAuth(credential: Credential | null): credential is Extract<Credential, { kind: 'basic' }> {
  return credential?.kind === 'basic' && credential.username === OAUTH;
}
