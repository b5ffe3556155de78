import {
  askApi,
  type ApiAnswer,
  BasicAuthorizer,
  type IntegrationConfig,
  type JsonApi,
  passwordCredential,
  type ProviderDeps,
  ProviderError,
  refusalOf,
  type Refusing,
  secretCredentials,
  withCredential,
} from '@integrations/provider-kit';
import type { JenkinsConfig } from './config';
import { missingIn } from './permissions';

export interface JenkinsClient {
  /**
   * `GET <path>/api/json`. `tree` selects the fields; without it, Jenkins would return everything.
   * https://www.jenkins.io/doc/book/using/remote-access-api/
   */
  ask(path: string, tree: string, signal: AbortSignal): Promise<ApiAnswer>;
}

/** Words on the pages that Jenkins shows while it starts or restarts. */
const STARTING = /getting ready to work|starting jenkins|is restarting/i;
/** The part of a page to search for them. */
const PAGE_START = 10_000;

/** We only read, so no CSRF crumb is needed, even with a password. */
export function openJenkins({ endpoint, config }: IntegrationConfig<JenkinsConfig>, deps: ProviderDeps): JenkinsClient {
  const credentials = secretCredentials(deps.credential, (secret) => passwordCredential(config.username, secret));
  const authorizer = new BasicAuthorizer(credentials);
  const api: JsonApi = {
    ...{ base: endpoint, product: 'Jenkins', deps, refusing },
    headers: (signal) => authorizer.authorize([], signal),
  };
  return {
    ask: (path, tree, signal) => {
      const call = { path: `${path}/api/json?tree=${encodeURIComponent(tree)}` };
      return withCredential(credentials, () => askApi(api, call, signal), signal);
    },
  };
}

/** The path of a job or folder with this full name. Throws `invalid_request` for an impossible name. */
export function jobPath(fullName: string): string {
  const names = fullName.split('/');
  if (names.every((name) => !/^\.{0,2}$/.test(name))) {
    return names.map((name) => `/job/${encodeURIComponent(name)}`).join('');
  }
  throw new ProviderError('invalid_request', 'pipeline: must be the full name of a job, such as folder/job');
}

const refusing: Refusing = (response, product, what, now) => {
  if (response.status === 503 && STARTING.test(response.text().slice(0, PAGE_START))) {
    return new ProviderError('provider_unavailable', 'Jenkins is starting, or restarting', { httpStatus: 503 });
  }
  const missing = response.status === 403 ? missingIn(response.headers) : undefined;
  if (missing === undefined) return refusalOf(response, product, what, now);
  return new ProviderError('permission_missing', `Jenkins answered 403 to ${what}: ${missing} is missing`, {
    httpStatus: 403,
  });
};
