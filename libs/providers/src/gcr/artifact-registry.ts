import type { DiscoveredRepository, Page } from '@integrations/contracts';
import {
  discoveredRepository,
  type DiscoveryQuery,
  hasCode,
  pageOf,
  type ProviderDeps,
  ProviderError,
  type UpstreamPage,
} from '@integrations/provider-kit';
import type { AccessTokens } from './access-tokens';
import type { GcrIntegration } from './config';
import { callGoogle } from './google-call';
import { googleApis, imagePrefix, parentName, repositoryIn, repositoryOf } from './places';

/** A repository of the project (null if it holds no images), and the page token of the next repository. */
interface Place {
  readonly repository: string | null;
  readonly next: string | null;
}

const MAX_REPOSITORIES = 1_000;

/** The API of Artifact Registry, for one repository or for all repositories of a project. */
export class ArtifactRegistry {
  readonly #integration: GcrIntegration;
  readonly #deps: ProviderDeps;
  readonly #tokens: AccessTokens;

  constructor(integration: GcrIntegration, deps: ProviderDeps, tokens: AccessTokens) {
    this.#integration = integration;
    this.#deps = deps;
    this.#tokens = tokens;
  }

  /**
   * The `permissions` that we have on the repository. For a whole project, tests the canary's repository, or else the
   * first one; null if there is none. https://cloud.google.com/artifact-registry/docs/reference/rest
   */
  async permitted(permissions: readonly string[], signal: AbortSignal): Promise<string[] | null> {
    const repository = await this.#sampleRepository(signal);
    if (repository === undefined) return null;
    const { permissions: held = [] } = await this.#call(
      'POST',
      `/repositories/${repository}:testIamPermissions`,
      { permissions },
      signal,
    );
    return Array.isArray(held) ? held.filter((one): one is string => typeof one === 'string') : [];
  }

  /** The images, which the API calls packages. */
  async list(query: DiscoveryQuery, signal: AbortSignal): Promise<Page<DiscoveredRepository>> {
    const { items, nextCursor } = await pageOf(
      (page) => this.#page(page, signal),
      query,
      (name) => name,
    );
    return { items: items.map((name) => discoveredRepository(this.#integration.endpoint, name)), nextCursor };
  }

  async #sampleRepository(signal: AbortSignal): Promise<string | undefined> {
    const one = repositoryOf(this.#integration);
    if (one !== undefined) return one;
    // Called even if there is a canary: an integration of a whole project must be able to list its repositories.
    const { repositories } = await this.#repositories({ pageSize: String(MAX_REPOSITORIES) }, signal);
    return (
      repositoryIn(this.#integration.config.canary ?? '', this.#integration) ?? repositories.find(Boolean) ?? undefined
    );
  }

  /** A page of one repository's images. After a repository's last page, continues with the next repository. */
  async #page(page: string, signal: AbortSignal): Promise<UpstreamPage<string>> {
    const query = new URLSearchParams(page.replace(/^n=/, 'pageSize='));
    const [pageSize = '', at, pageToken] = ['pageSize', 'at', 'pageToken'].map((name) => query.get(name) ?? undefined);
    const { repository, next } = await this.#place(at, signal);
    const following = next === null ? null : encodeQuery({ pageSize, at: next });
    if (repository === null) return { items: [], next: following };
    const path = `/repositories/${repository}/packages?${encodeQuery({ pageSize, pageToken })}`;
    const { packages = [], nextPageToken } = await this.#call('GET', path, undefined, signal);
    if (!Array.isArray(packages)) {
      throw new ProviderError('provider_unavailable', "Artifact Registry's answer is not a list of packages");
    }
    const more = tokenOf(nextPageToken);
    return {
      items: packages.flatMap((one) => this.#imageOf(one, repository)),
      next: more === null ? following : encodeQuery({ pageSize, at, pageToken: more }),
    };
  }

  async #place(at: string | undefined, signal: AbortSignal): Promise<Place> {
    const one = repositoryOf(this.#integration);
    if (one !== undefined) return { repository: one, next: null };
    const { repositories, next } = await this.#repositories({ pageSize: '1', pageToken: at }, signal);
    return { repository: repositories[0] ?? null, next };
  }

  /** The repositories of the project. Null stands for a repository that does not hold images. */
  async #repositories(query: Readonly<Record<string, string | undefined>>, signal: AbortSignal) {
    const answer = await this.#call('GET', `/repositories?${encodeQuery(query)}`, undefined, signal);
    const { repositories = [], nextPageToken } = answer;
    if (!Array.isArray(repositories)) {
      throw new ProviderError('provider_unavailable', "Artifact Registry's answer is not a list of repositories");
    }
    return { repositories: repositories.map(repositoryNamed), next: tokenOf(nextPageToken) };
  }

  /** `projects/…/packages/team%2Fapp`. */
  #imageOf(value: unknown, repository: string): string[] {
    const { name } = (value ?? {}) as { readonly name?: unknown };
    const last = /\/packages\/([^/]+)$/.exec(String(name))?.[1];
    if (last === undefined) return [];
    return [imagePrefix(this.#integration, repository) + last.replaceAll(/%2F/gi, '/')];
  }

  async #call(method: 'GET' | 'POST', path: string, body: object | undefined, signal: AbortSignal) {
    const url = `${googleApis(this.#integration).artifacts}/v1/${parentName(this.#integration)}${path}`;
    const call = async () =>
      callGoogle(
        this.#deps,
        { method, url, bearer: await this.#tokens.get(signal), ...(body ? { body } : {}) },
        signal,
      );
    try {
      return await call();
    } catch (error) {
      if (!hasCode(error, 'unauthenticated') || error.httpStatus !== 401) throw error;
      this.#tokens.forget(); // revoked before its expiry
      return call();
    }
  }
}

/** `{"name": "projects/…/repositories/images", "format": "DOCKER"}`. */
function repositoryNamed(value: unknown): string | null {
  const { name, format } = (value ?? {}) as { readonly name?: unknown; readonly format?: unknown };
  return format === 'DOCKER' ? (/\/repositories\/([a-z0-9.-]{1,63})$/.exec(String(name))?.[1] ?? null) : null;
}

function tokenOf(nextPageToken: unknown): string | null {
  return typeof nextPageToken === 'string' && nextPageToken !== '' ? nextPageToken : null;
}

/** Encodes a query, leaving out undefined fields. */
function encodeQuery(query: Readonly<Record<string, string | undefined>>): string {
  const fields = Object.entries(query).filter((field): field is [string, string] => field[1] !== undefined);
  return new URLSearchParams(fields).toString();
}
