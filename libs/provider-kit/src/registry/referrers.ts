import type { Page, Referrer } from '@integrations/contracts';
import type { ProviderDeps } from '../plugin';
import { hasCode } from '../provider-error';
import { errorCodeIn } from './errors';
import { ACCEPT_MANIFESTS, type IndexEntry, MAX_MANIFEST_BYTES, readEntries, readManifest } from './manifests';
import { nextQuery } from './next-page';
import { pageOf, type UpstreamPage } from '../paging';
import type { ReferrersQuery } from './registry-connector';
import { repositoryScope } from './scopes';
import type { RegistryRequest, RegistryTransport } from './transport';

export interface ReferrersOptions {
  readonly endpoint: string;
  readonly product: string;
  readonly deps: Pick<ProviderDeps, 'tokens' | 'clock'>;
  readonly transport: RegistryTransport;
  /** As in OciRegistryOptions. */
  readonly misreportsMissingApi: boolean;
}

const INDEX_TYPE = 'application/vnd.oci.image.index.v1+json';
/** Statuses with which a registry older than 1.1 says that it has no referrers API. */
const UNKNOWN_PLACE = [400, 404, 405, 406];
/** Codes with which the API reports an unknown image, as Quay does with 400 (formerly 404), or an invalid digest. */
const UNKNOWN_IMAGE = ['MANIFEST_INVALID', 'MANIFEST_UNKNOWN', 'DIGEST_INVALID'];
/** How long we remember whether a registry has the API. */
const KEPT_MS = 3_600_000;

/** A page from the API, or the reason why there is none. */
type Answer = UpstreamPage<IndexEntry> | 'unknown_place' | 'unknown_image';

/**
 * Lists the referrers of an image: by the API of the distribution spec 1.1, or else from the tag that clients maintain
 * in registries without that API.
 * https://github.com/opencontainers/distribution-spec/blob/main/spec.md#listing-referrers
 */
export class Referrers {
  readonly #options: ReferrersOptions;

  constructor(options: ReferrersOptions) {
    this.#options = options;
  }

  async list(repository: string, digest: string, query: ReferrersQuery, signal: AbortSignal): Promise<Page<Referrer>> {
    const { artifactType } = query;
    const fetch = async (page: string): Promise<UpstreamPage<IndexEntry>> => {
      const found = await this.#page(repository, digest, page, signal);
      // Filtered here, because a registry need not filter, and one that does says so only in a header.
      const items = found.items.filter((item) => artifactType === null || item.artifactType === artifactType);
      return { ...found, items };
    };
    const { items, nextCursor } = await pageOf(fetch, query, (item) => item.artifactType ?? '');
    return { items: items.map(({ platform: _platform, ...referrer }) => referrer), nextCursor };
  }

  async #page(
    repository: string,
    digest: string,
    query: string,
    signal: AbortSignal,
  ): Promise<UpstreamPage<IndexEntry>> {
    const { deps, endpoint } = this.#options;
    let answer: Answer | undefined;
    const lookUp = async (lookupSignal: AbortSignal) => {
      const now = deps.clock.now();
      answer = await this.#byApi(repository, digest, query, lookupSignal);
      // An unknown image says nothing about whether the API works for other images, so this is not cached.
      const expiresAt = answer === 'unknown_image' ? now : now + KEPT_MS;
      return { token: JSON.stringify({ api: answer !== 'unknown_place' }), mintedAt: now, expiresAt, isPublic: true };
    };
    const { token } = await deps.tokens.get(['registry-referrers', endpoint, repository], lookUp, signal);
    const { api } = JSON.parse(token) as { readonly api: boolean };
    answer ??= api ? await this.#byApi(repository, digest, query, signal) : 'unknown_place';
    return typeof answer === 'string' ? this.#byTag(repository, digest, signal) : answer;
  }

  async #byApi(repository: string, digest: string, query: string, signal: AbortSignal): Promise<Answer> {
    const { transport, endpoint, product, misreportsMissingApi } = this.#options;
    const path = `/v2/${repository}/referrers/${digest}?${query}`;
    const request = requestFor(path, repository, INDEX_TYPE);
    const response = await transport.exchange(request, signal).catch((error: unknown) => {
      if (misreportsMissingApi && isRedirect(error)) return null;
      throw error;
    });
    if (!response) return 'unknown_place';
    const code = errorCodeIn(response);
    if (UNKNOWN_PLACE.includes(response.status) && code !== 'NAME_UNKNOWN') {
      const isAboutImage = UNKNOWN_IMAGE.includes(code ?? '') && !misreportsMissingApi;
      return isAboutImage ? 'unknown_image' : 'unknown_place';
    }
    transport.accept(request, response);
    const entries = readEntries(response);
    if (!entries) throw transport.unreadable(request);
    return { items: entries, next: nextQuery(response.headers['link'], new URL(`${endpoint}${path}`), product) };
  }

  async #byTag(repository: string, digest: string, signal: AbortSignal): Promise<UpstreamPage<IndexEntry>> {
    const { transport } = this.#options;
    const tag = tagOf(digest);
    const request = requestFor(`/v2/${repository}/manifests/${tag}`, repository, ACCEPT_MANIFESTS);
    const response = await transport.exchange(request, signal);
    const hasNone = response.status === 404 && errorCodeIn(response) !== 'NAME_UNKNOWN';
    if (hasNone) return { items: [], next: null };
    transport.accept(request, response);
    const manifest = readManifest(response, tag);
    if (!manifest) throw transport.unreadable(request);
    // GitLab mistakes the tag for the digest and returns the image itself. https://github.com/oras-project/oras-go/issues/1396
    const isImage = manifest.digest === digest;
    return { items: isImage ? [] : (manifest.entries ?? []), next: null };
  }
}

/** Cuts a sha512 to fit into a tag. https://github.com/opencontainers/distribution-spec/blob/main/spec.md#referrers-tag-schema */
function tagOf(digest: string): string {
  const [algorithm, encoded = ''] = digest.split(':');
  return `${algorithm}-${encoded.slice(0, 64)}`;
}

/** True for a redirect to another origin, which is not followed. Errors of the egress policy have another stage. */
function isRedirect(error: unknown): boolean {
  return hasCode(error, 'egress_blocked') && error.stage === 'http';
}

function requestFor(path: string, repository: string, accept: string): RegistryRequest {
  return { method: 'GET', path, scopes: [repositoryScope(repository)], accept, maxBytes: MAX_MANIFEST_BYTES };
}
