import {
  ChallengeAuthorizer,
  type Credentials,
  type IntegrationConfig,
  OciRegistry,
  passwordCredential,
  type ProviderDeps,
  type RegistryConnector,
  secretCredentials,
} from '@integrations/provider-kit';
import type { DockerHubConfig } from './config';
import { HubApi } from './hub-api';

/** The registry, and the Hub's API, which lists what the registry does not. */
export interface DockerHubClient {
  readonly registry: OciRegistry;
  readonly authorizer: ChallengeAuthorizer;
  readonly credentials: Credentials;
  readonly hub: HubApi;
}

type Integration = IntegrationConfig<DockerHubConfig>;

const PRODUCT = 'Docker Hub';
/** The token server of Docker's registry, which stays the same behind a proxy. */
const TOKEN_ORIGIN = 'https://auth.docker.io';

export function openDockerHub(integration: Integration, deps: ProviderDeps): DockerHubClient {
  const { endpoint, config } = integration;
  const credentials = secretCredentials(deps.credential, (secret) => passwordCredential(config.username, secret));
  const common = { endpoint, product: PRODUCT, deps };
  const authorizer = new ChallengeAuthorizer({ ...common, credentials, realmOrigins: [TOKEN_ORIGIN] });
  const registry = new OciRegistry({ ...common, authorizer });
  return { registry, authorizer, credentials, hub: new HubApi({ base: hubOf(integration), credentials, deps }) };
}

/** The origins that are called in addition to the endpoint's. */
export function originsOf(integration: Integration): string[] {
  return [TOKEN_ORIGIN, hubOf(integration)];
}

function hubOf({ endpoint, config }: Integration): string {
  const { origin, hostname } = new URL(config.hubUrl ?? endpoint);
  return /(^|\.)docker\.io$/.test(hostname) ? 'https://hub.docker.com' : origin;
}

/** The full name of a repository: `alpine` is `library/alpine`, as on the Docker command line. */
export function wholeName(repository: string): string {
  return repository.includes('/') ? repository : `library/${repository}`;
}

/** The same registry, accepting short names as well. */
export function withShortNames(registry: RegistryConnector): RegistryConnector {
  return {
    listTags: (repository, query, signal) => registry.listTags(wholeName(repository), query, signal),
    resolveDigest: (repository, reference, options, signal) =>
      registry.resolveDigest(wholeName(repository), reference, options, signal),
    listReferrers: (repository, digest, query, signal) =>
      registry.listReferrers(wholeName(repository), digest, query, signal),
  };
}
