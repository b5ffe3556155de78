import {
  ChallengeAuthorizer,
  type Credentials,
  type Egress,
  egressOver,
  OciRegistry,
  type ProviderDeps,
  ProviderError,
} from '@integrations/provider-kit';
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
  const common = {
    ...{ endpoint, product: 'Artifact Registry' },
    deps: { ...deps, egress: withRetirement(deps.egress) },
  };
  const registry = new OciRegistry({ ...common, authorizer: new ChallengeAuthorizer({ ...common, credentials }) });
  return { registry, artifacts: new ArtifactRegistry(integration, deps, tokens) };
}

/**
 * Recognises what is left of Container Registry at the gcr.io hosts: it answers 412 to everything about a project that
 * was not migrated, even to a HEAD.
 * https://cloud.google.com/artifact-registry/docs/transition/transition-from-gcr
 */
function withRetirement(egress: Egress): Egress {
  return egressOver(async (request) => {
    const response = await egress.request(request);
    if (response.status !== 412) return response;
    const message = 'Container Registry is shut down: migrate the project to Artifact Registry';
    throw new ProviderError('not_found_or_no_access', message, { httpStatus: 412 });
  });
}
