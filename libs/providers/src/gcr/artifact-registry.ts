import type { DiscoveredRepository, Page } from '@integrations/contracts';
import {
  discoveredRepository,
  type DiscoveryQuery,
  pageOf,
  type ProviderDeps,
  ProviderError,
  type UpstreamPage,
} from '@integrations/provider-kit';
import type { AccessTokens } from './access-tokens';
import type { GcrIntegration } from './config';
import { callGoogle } from './google-call';
import { googleApis, imagePrefix, repositoryName } from './places';

/** The API of Artifact Registry, for one repository. */
export class ArtifactRegistry {
  readonly #integration: GcrIntegration;
  readonly #deps: ProviderDeps;
  readonly #tokens: AccessTokens;

  constructor(integration: GcrIntegration, deps: ProviderDeps, tokens: AccessTokens) {
    this.#integration = integration;
    this.#deps = deps;
    this.#tokens = tokens;
  }

  /** Those of `permissions` that we have. https://cloud.google.com/artifact-registry/docs/reference/rest */
  async permitted(permissions: readonly string[], signal: AbortSignal): Promise<string[]> {
    const { permissions: held = [] } = await this.#call('POST', ':testIamPermissions', { permissions }, signal);
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

  async #page(page: string, signal: AbortSignal): Promise<UpstreamPage<string>> {
    const query = page.replace(/^n=/, 'pageSize=');
    const { packages = [], nextPageToken } = await this.#call('GET', `/packages?${query}`, undefined, signal);
    if (!Array.isArray(packages)) {
      throw new ProviderError('provider_unavailable', 'Artifact Registry lists no packages');
    }
    const next = typeof nextPageToken === 'string' && nextPageToken !== '' ? nextPageToken : null;
    const size = new URLSearchParams(query).get('pageSize') ?? '';
    return {
      items: packages.flatMap((one) => this.#imageOf(one)),
      next: next && new URLSearchParams({ pageSize: size, pageToken: next }).toString(),
    };
  }

  /** `projects/…/packages/team%2Fapp`. */
  #imageOf(value: unknown): string[] {
    const { name } = (value ?? {}) as { readonly name?: unknown };
    const last = /\/packages\/([^/]+)$/.exec(String(name))?.[1];
    if (last === undefined) return [];
    return [imagePrefix(this.#integration) + last.replaceAll(/%2F/gi, '/')];
  }

  async #call(method: 'GET' | 'POST', path: string, body: object | undefined, signal: AbortSignal) {
    const url = `${googleApis(this.#integration).artifacts}/v1/${repositoryName(this.#integration)}${path}`;
    const call = async () =>
      callGoogle(
        this.#deps,
        { method, url, bearer: await this.#tokens.get(signal), ...(body ? { body } : {}) },
        signal,
      );
    try {
      return await call();
    } catch (error) {
      if (!(error instanceof ProviderError) || error.code !== 'unauthenticated' || error.httpStatus !== 401)
        throw error;
      this.#tokens.forget(); // revoked before its time
      return call();
    }
  }
}
