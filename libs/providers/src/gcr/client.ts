import { ChallengeAuthorizer, type Credentials, OciRegistry, type ProviderDeps } from '@integrations/provider-kit';
import { AccessTokens } from './access-tokens';
import { ArtifactRegistry } from './artifact-registry';
import type { GcrIntegration } from './config';

/** The registry, and the API that lists what the registry does not. */
export interface GcrClient {
  readonly registry: OciRegistry;
  readonly artifacts: ArtifactRegistry;
}

/** The user name that the registry's token server expects with an access token. */
const USERNAME = 'oauth2accesstoken';

export function openGcr(integration: GcrIntegration, deps: ProviderDeps): GcrClient {
  const { endpoint } = integration;
  const tokens = new AccessTokens(integration, deps);
  const credentials: Credentials = {
    get: async (signal) => ({ kind: 'basic', username: USERNAME, password: await tokens.get(signal) }),
    forget: () => tokens.forget(),
  };
  const common = { endpoint, product: 'Artifact Registry', deps };
  const registry = new OciRegistry({ ...common, authorizer: new ChallengeAuthorizer({ ...common, credentials }) });
  return { registry, artifacts: new ArtifactRegistry(integration, deps, tokens) };
}
