import {
  type ApiAnswer,
  askApi,
  ChallengeAuthorizer,
  type IntegrationConfig,
  type JsonApi,
  OciRegistry,
  type ProviderDeps,
  ProviderError,
  type Refusing,
  registryError,
  secretCredentials,
  withCredential,
} from '@integrations/provider-kit';
import { limitFrom } from '../vendors/github/errors';
import type { GhcrConfig } from './config';

/** The registry, and GitHub's API for what the registry does not offer. */
export interface GhcrClient {
  readonly registry: OciRegistry;
  readonly api: Pick<JsonApi, 'base' | 'product'>;
  /** GETs a path below the API's base. Throws ProviderError. */
  ask(path: string, signal: AbortSignal): Promise<ApiAnswer>;
}

const PRODUCT = 'GHCR';
/** The registry requires a user name but ignores it: the token identifies the user. */
const USERNAME = 'integrations';

export function openGhcr({ endpoint }: IntegrationConfig<GhcrConfig>, deps: ProviderDeps): GhcrClient {
  const credentials = secretCredentials(deps.credential, (secret) => ({
    ...{ kind: 'basic', username: USERNAME },
    password: usable(secret),
  }));
  const common = { endpoint, product: PRODUCT, deps };
  const authorizer = new ChallengeAuthorizer({ ...common, credentials });
  // GHCR has no referrers API, and treats its path as a package or a manifest:
  // https://github.com/artifacthub/hub/issues/4785
  const registry = new OciRegistry({ ...common, authorizer, misreportsMissingApi: true });
  const headers = async (signal: AbortSignal): Promise<Record<string, string>> => {
    const credential = await credentials.get(signal);
    const version = { 'x-github-api-version': '2022-11-28' };
    return credential?.kind === 'basic' ? { ...version, authorization: `Bearer ${credential.password}` } : version;
  };
  const api = { base: apiOf(endpoint), product: 'GitHub', deps, headers, refusing };
  const ask = (path: string, signal: AbortSignal) =>
    withCredential(credentials, () => askApi(api, { path }, signal), signal);
  return { registry, api, ask };
}

/**
 * The base of GitHub's API. GitHub Enterprise Server has it below `/api/v3`, and its registry at `containers.<host>`.
 */
export function apiOf(endpoint: string): string {
  const { protocol, host, hostname } = new URL(endpoint);
  if (hostname === 'ghcr.io') return 'https://api.github.com';
  // https://docs.github.com/en/enterprise-cloud@latest/admin/data-residency/network-details-for-ghecom
  const tenant = /^containers\.([^.]+\.ghe\.com)$/.exec(hostname)?.[1];
  if (tenant !== undefined) return `https://api.${tenant}`;
  return `${protocol}//${host.replace(/^containers\./, '')}/api/v3`;
}

/** GitHub's API answers 403 for rate limits as well. */
const refusing: Refusing = (response, product, what, now) =>
  limitFrom(response, what, now) ?? registryError(response, product, what, now);

/**
 * GHCR refuses fine-grained tokens with a 403 that gives no reason. https://github.com/docker/login-action/issues/331
 */
function usable(token: string): string {
  if (!token.startsWith('github_pat_')) return token;
  const message = 'GHCR does not accept fine-grained tokens: use a classic personal access token with read:packages';
  throw new ProviderError('unauthenticated', message);
}
