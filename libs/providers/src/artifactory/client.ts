import {
  type ApiAnswer,
  askApi,
  type Authorizer,
  BasicAuthorizer,
  ChallengeAuthorizer,
  type Credential,
  type IntegrationConfig,
  type JsonApi,
  OciRegistry,
  passwordCredential,
  type ProviderDeps,
  registryError,
  secretCredentials,
  withCredential,
} from '@integrations/provider-kit';
import type { ArtifactoryConfig } from './config';

/** Artifactory's registry, and its API. */
export interface ArtifactoryClient {
  readonly endpoint: string;
  readonly registry: OciRegistry;
  readonly api: JsonApi;
  /** `GET` below the API's base. Throws ProviderError. */
  ask(path: string, signal: AbortSignal): Promise<ApiAnswer>;
  /** The credential that is sent to Artifactory. */
  credential(signal: AbortSignal): Promise<Credential | null>;
}

const PRODUCT = 'Artifactory';

export function openArtifactory(
  integration: IntegrationConfig<ArtifactoryConfig>,
  deps: ProviderDeps,
): ArtifactoryClient {
  const { endpoint } = integration;
  const { username } = integration.config;
  const credentials = secretCredentials(deps.credential, (secret) =>
    username === undefined ? { kind: 'bearer', token: secret } : passwordCredential(username, secret),
  );
  const common = { endpoint, product: PRODUCT, deps };
  // Artifactory accepts passwords and tokens directly. Its challenges are not followed: behind a proxy their realm is
  // wrong, because Artifactory derives it from its own idea of its URL.
  const authorizer: Authorizer =
    username === undefined ? new ChallengeAuthorizer({ ...common, credentials }) : new BasicAuthorizer(credentials);
  const api: JsonApi = {
    ...{ base: `${artifactoryOf(integration)}/api`, product: PRODUCT, deps, refusing: registryError },
    headers: (signal) => authorizer.authorize([], signal),
  };
  return {
    endpoint,
    registry: new OciRegistry({ ...common, authorizer }),
    api,
    ask: (path, signal) => withCredential(credentials, () => askApi(api, { path }, signal), signal),
    credential: (signal) => credentials.get(signal),
  };
}

/** The base URL of Artifactory itself. */
export function artifactoryOf({ endpoint, config }: IntegrationConfig<ArtifactoryConfig>): string {
  return config.artifactoryUrl ?? `${new URL(endpoint).origin}/artifactory`;
}

/** The prefix of image names; for an endpoint below `api/docker` or `api/oci`, the host and the repository's key. */
export function servedBy(endpoint: string): string {
  const { host, pathname } = new URL(endpoint);
  const [, key] = /\/api\/(?:docker|oci)\/([^/]+)$/.exec(pathname) ?? [];
  return key === undefined ? `${host}${pathname.replace(/\/$/, '')}` : `${host}/${key}`;
}
