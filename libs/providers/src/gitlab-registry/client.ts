import {
  type ApiAnswer,
  askApi,
  bearerAuthorization,
  ChallengeAuthorizer,
  type Credential,
  type Credentials,
  type EgressResponse,
  type IntegrationConfig,
  OciRegistry,
  type ProviderDeps,
  ProviderError,
  secretCredentials,
  withCredential,
} from '@integrations/provider-kit';
import { errorFrom } from '../vendors/gitlab/errors';
import type { GitLabRegistryConfig } from './config';

export interface GitLabRegistryClient {
  readonly registry: OciRegistry;
  readonly authorizer: ChallengeAuthorizer;
  readonly credentials: Credentials;
  /** GETs a path below `/api/v4`. */
  ask(path: string, signal: AbortSignal): Promise<ApiAnswer>;
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
  const api = { base: `${gitlab}/api/v4`, product: PRODUCT, deps, refusing };
  const get = (credential: Credential | null, path: string, signal: AbortSignal) =>
    askApi({ ...api, headers: async () => bearerOf(credential) }, { path }, signal);
  return {
    ...{ authorizer, credentials, registry: new OciRegistry({ ...common, authorizer }) },
    ask: (path, signal) => withCredential(credentials, (credential) => get(credential, path, signal), signal),
  };
}

/** The base URL of GitLab's web pages, without a trailing slash. */
export function gitlabOf({ endpoint, config }: Integration): string {
  if (config.gitlabUrl !== undefined) return config.gitlabUrl.replace(/\/+$/, '');
  const { origin, hostname } = new URL(endpoint);
  return hostname === 'registry.gitlab.com' ? 'https://gitlab.com' : origin;
}

/** Deploy tokens work for the registry only; GitLab's API does not accept them. */
export function isDeployToken(credential: Credential | null): boolean {
  if (credential?.kind !== 'basic') return false;
  return credential.password.startsWith('gldt-') || credential.username.startsWith('gitlab+deploy-token-');
}

function refusing(response: EgressResponse, _product: string, what: string, now: number): ProviderError {
  return errorFrom(response, what, now);
}

function bearerOf(credential: Credential | null): Record<string, string> {
  return credential?.kind === 'basic' ? { authorization: bearerAuthorization(credential.password) } : {};
}
