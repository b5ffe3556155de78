import {
  BasicAuthorizer,
  type Credentials,
  type IntegrationConfig,
  OciRegistry,
  passwordCredential,
  type ProviderDeps,
  secretCredentials,
} from '@integrations/provider-kit';
import type { NexusConfig } from './config';

/** One Docker repository of Nexus. */
export interface NexusClient {
  readonly registry: OciRegistry;
  readonly credentials: Credentials;
  /** The base URL of Nexus itself; null if only a connector is known. */
  readonly nexusUrl: string | null;
}

/** The URL of a Docker repository below the URL of Nexus. */
const IN_PATH = /^(https?:\/\/.+)\/repository\/([^/]+)$/;

/** Uses basic authentication, which Nexus always accepts. Behind a proxy, its challenges may name a wrong realm. */
export function openNexus(integration: IntegrationConfig<NexusConfig>, deps: ProviderDeps): NexusClient {
  const { endpoint, config } = integration;
  const credentials = secretCredentials(deps.credential, (secret) => passwordCredential(config.username, secret));
  const authorizer = new BasicAuthorizer(credentials);
  return {
    registry: new OciRegistry({ endpoint, product: 'Nexus', deps, authorizer, omitsLinks: true }),
    credentials,
    nexusUrl: nexusOf(integration),
  };
}

export function nexusOf({ endpoint, config }: IntegrationConfig<NexusConfig>): string | null {
  return config.nexusUrl ?? IN_PATH.exec(endpoint)?.[1] ?? null;
}

/** The prefix of image names: the endpoint without the `repository` of Nexus's own paths. */
export function servedBy(endpoint: string): string {
  const [, nexus, key] = IN_PATH.exec(endpoint) ?? [];
  return (nexus === undefined ? endpoint : `${nexus}/${key}`).replace(/^https?:\/\//, '');
}
