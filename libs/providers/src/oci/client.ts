import {
  ChallengeAuthorizer,
  type Credential,
  type Credentials,
  type IntegrationConfig,
  OciRegistry,
  passwordCredential,
  type ProviderDeps,
  secretCredentials,
} from '@integrations/provider-kit';
import type { OciConfig } from './config';

/** An open registry, with the credential and its authorizer. */
export interface OciClient {
  readonly registry: OciRegistry;
  readonly authorizer: ChallengeAuthorizer;
  readonly credentials: Credentials;
}

const PRODUCT = 'The registry';

export function openRegistry(integration: IntegrationConfig<OciConfig>, deps: ProviderDeps): OciClient {
  const { config } = integration;
  const endpoint = registryOf(integration.endpoint);
  const credentials = secretCredentials(deps.credential, (secret) => credentialOf(config, secret));
  const common = { endpoint, product: PRODUCT, deps };
  const authorizer = new ChallengeAuthorizer({ ...common, credentials, realmOrigins: tokenOrigins(config) });
  return {
    registry: new OciRegistry({ ...common, authorizer, omitsLinks: true, mayLeave: true }),
    authorizer,
    credentials,
  };
}

/** The base URL of the registry. An endpoint may be written with or without the protocol's `/v2`. */
export function registryOf(endpoint: string): string {
  return endpoint.replace(/\/+$/, '').replace(/\/v2$/, '');
}

/** The origin of the token server, if it is not the registry's own. */
export function tokenOrigins({ tokenServer }: OciConfig): string[] {
  return tokenServer === undefined ? [] : [new URL(tokenServer).origin];
}

function credentialOf({ secretKind, username }: OciConfig, secret: string): Credential {
  if (secretKind === 'bearer_token') return { kind: 'bearer', token: secret };
  if (secretKind === 'identity_token') return { kind: 'refresh_token', token: secret };
  return passwordCredential(username, secret);
}
