import {
  askRegistryApi,
  ChallengeAuthorizer,
  type IntegrationConfig,
  OciRegistry,
  type ProviderDeps,
  ProviderError,
  type RegistryApiAnswer,
  type RegistryCredential,
  type RegistryCredentials,
  secretCredentials,
} from '@integrations/provider-kit';
import type { GitLabRegistryConfig } from './config';

export interface GitLabRegistryClient {
  readonly registry: OciRegistry;
  readonly authorizer: ChallengeAuthorizer;
  readonly credentials: RegistryCredentials;
  /** `GET` below `/api/v4`. */
  ask(path: string, signal: AbortSignal): Promise<RegistryApiAnswer>;
}

type Integration = IntegrationConfig<GitLabRegistryConfig>;

const PRODUCT = 'GitLab';

export function openGitLabRegistry(integration: Integration, deps: ProviderDeps): GitLabRegistryClient {
  const { endpoint, config } = integration;
  const gitlab = gitlabOf(integration);
  const credentials = secretCredentials(deps.credential, (secret) => {
    return { kind: 'basic', username: config.username, password: secret };
  });
  const common = { endpoint, product: PRODUCT, deps };
  const authorizer = new ChallengeAuthorizer({ ...common, credentials, realmOrigins: [new URL(gitlab).origin] });
  const get = (credential: RegistryCredential | null, path: string, signal: AbortSignal) => {
    const headers = async () => bearerOf(credential);
    return askRegistryApi({ base: `${gitlab}/api/v4`, product: PRODUCT, deps, headers }, path, signal);
  };
  return {
    ...{ authorizer, credentials, registry: new OciRegistry({ ...common, authorizer }) },
    /** A token that GitLab refuses is asked of the store once more. */
    ask: async (path, signal) => {
      const sent = await credentials.get(signal);
      try {
        return await get(sent, path, signal);
      } catch (error) {
        if (!(error instanceof ProviderError) || error.code !== 'unauthenticated') throw error;
        credentials.forget();
        const renewed = await credentials.get(signal);
        if (passwordIn(renewed) === passwordIn(sent)) throw error;
        return get(renewed, path, signal);
      }
    },
  };
}

/** GitLab's web address, without a trailing slash. */
export function gitlabOf({ endpoint, config }: Integration): string {
  if (config.gitlabUrl !== undefined) return config.gitlabUrl.replace(/\/+$/, '');
  const { origin, hostname } = new URL(endpoint);
  return hostname === 'registry.gitlab.com' ? 'https://gitlab.com' : origin;
}

/** Deploy tokens are for the registry alone: GitLab's API takes none. */
export function isDeployToken(credential: RegistryCredential | null): boolean {
  if (credential?.kind !== 'basic') return false;
  return credential.password.startsWith('gldt-') || credential.username.startsWith('gitlab+deploy-token-');
}

function bearerOf(credential: RegistryCredential | null): Record<string, string> {
  const token = passwordIn(credential);
  if (token === null) return {};
  if (!/^[\x21-\x7e]+$/.test(token)) {
    throw new ProviderError('invalid_request', 'The token holds characters that cannot be sent');
  }
  return { authorization: `Bearer ${token}` };
}

function passwordIn(credential: RegistryCredential | null): string | null {
  return credential?.kind === 'basic' ? credential.password : null;
}
