import {
  type ApiAnswer,
  askApi,
  type IntegrationConfig,
  type ProviderDeps,
  ProviderError,
  secretCredentials,
  withCredential,
} from '@integrations/provider-kit';
import type { CircleCiConfig } from './config';

export interface CircleCiClient {
  /** The base URL of the web pages, without a trailing slash. */
  readonly web: string;
  /** `GET` of a path below `/api`. */
  ask(path: string, signal: AbortSignal): Promise<ApiAnswer>;
}

export const CLOUD = 'https://circleci.com';
const CLOUD_WEB = 'https://app.circleci.com';
/** `gh/acme/shop`, or `circleci/<organization>/<project>` with ids. */
const SLUG = /^[\w-]{1,50}\/[^/]{1,100}\/[^/]{1,100}$/;

export function openCircleCi({ endpoint }: IntegrationConfig<CircleCiConfig>, deps: ProviderDeps): CircleCiClient {
  const credentials = secretCredentials(deps.credential, (token) => ({ kind: 'bearer', token }));
  const api = {
    ...{ base: `${endpoint}/api`, product: 'CircleCI', deps },
    headers: async (signal: AbortSignal): Promise<Record<string, string>> => {
      const credential = await credentials.get(signal);
      return credential?.kind === 'bearer' ? { 'circle-token': credential.token } : {};
    },
  };
  return {
    web: endpoint === CLOUD ? CLOUD_WEB : endpoint,
    ask: (path, signal) => withCredential(credentials, () => askApi(api, { path }, signal), signal),
  };
}

/** A project's slug, encoded for paths. Throws `invalid_request` if it is not a valid slug. */
export function projectPath(slug: string): string {
  const parts = slug.split('/');
  if (SLUG.test(slug) && !parts.some((part) => part === '.' || part === '..')) {
    return parts.map(encodeURIComponent).join('/');
  }
  throw new ProviderError('invalid_request', 'pipeline: must be the slug of a project, such as gh/acme/shop');
}

/** Reads a page of API v2. `what` names the items in the error message. */
export function readPage({ data }: ApiAnswer, what: string): { items: Record<string, unknown>[]; next: string | null } {
  const { items, next_page_token: next } = data as Record<string, unknown>;
  if (!Array.isArray(items))
    throw new ProviderError('provider_unavailable', `CircleCI's answer is not a list of ${what}`);
  return {
    items: items.filter((item) => typeof item === 'object' && item !== null) as Record<string, unknown>[],
    next: typeof next === 'string' && next !== '' ? next : null,
  };
}
