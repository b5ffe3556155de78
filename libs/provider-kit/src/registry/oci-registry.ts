import { isAscii } from 'node:buffer';
import type {
  DiscoveredRepository,
  DiscoveredTag,
  Page,
  ProbeVerdict,
  Referrer,
  ResolvedImage,
} from '@integrations/contracts';
import type { DiscoveryQuery } from '../discovery';
import type { EgressResponse } from '../egress/egress';
import { readJson } from '../egress/json-call';
import type { ProviderDeps } from '../plugin';
import { ProviderError } from '../provider-error';
import type { Authorizer } from './authorizer';
import { discoveredRepository } from './discovered-repository';
import { errorCodeIn } from './errors';
import { isRegistry } from './is-registry';
import {
  ACCEPT_MANIFESTS,
  describedBy,
  entryFor,
  type Manifest,
  MAX_MANIFEST_BYTES,
  readManifest,
  verifyReference,
} from './manifests';
import { nextQuery } from './next-page';
import { pageOf, type UpstreamPage } from '../paging';
import { Referrers } from './referrers';
import type { ReferrersQuery, RegistryConnector } from './registry-connector';
import { CATALOG_SCOPE, repositoryScope } from './scopes';
import { type RegistryRequest, RegistryTransport } from './transport';
import { pageWithoutLink } from './page-without-link';

export interface OciRegistryOptions {
  /** The base URL of the registry, without `/v2/`. */
  readonly endpoint: string;
  /** The registry's name in messages, such as `Harbor` or `The registry`. */
  readonly product: string;
  readonly deps: Pick<ProviderDeps, 'egress' | 'tokens' | 'clock'>;
  readonly authorizer: Authorizer;
  /** The actions that listing tags requires. Absent: `pull`. */
  readonly tagActions?: readonly string[];
  /** True if, lacking the referrers API, it reports an unknown image or redirects to another origin, as GHCR does. */
  readonly misreportsMissingApi?: boolean;
  /** True if it may omit the `Link` to the next page, as the spec allows and Nexus groups do. */
  readonly omitsLinks?: boolean;
  /** True if it may redirect requests for repositories to another, public registry, as registry.k8s.io does. */
  readonly mayLeave?: boolean;
}

const FIRST_PAGE = /^n=\d+$/;
/** Longer than any real name. */
const MAX_NAME = 512;
/** Characters that no real name contains: spaces, control characters and everything beyond ASCII. */
const MISLEADING = /[^!-~]/;
/** ASCII bytes in JSON that can yield such a character: space, backslash, and DEL, which JSON does not escape. */
const PLAIN_EXCEPTIONS = [0x20, 0x5c, 0x7f];

/** A client for registries with the OCI distribution protocol, 1.1 or older. Caches only in `deps.tokens`. */
export class OciRegistry implements RegistryConnector {
  readonly #options: OciRegistryOptions;
  readonly #transport: RegistryTransport;
  readonly #referrers: Referrers;

  constructor(options: OciRegistryOptions) {
    this.#options = options;
    this.#transport = new RegistryTransport(options);
    const { endpoint, product, deps, misreportsMissingApi = false } = options;
    this.#referrers = new Referrers({ endpoint, product, deps, misreportsMissingApi, transport: this.#transport });
  }

  /** The warnings that the registry has sent so far. */
  get warnings(): readonly string[] {
    return this.#transport.warnings;
  }

  /** The pull quota, as the registry last reported it. */
  get quota(): ProbeVerdict['quota'] {
    return this.#transport.quota;
  }

  /** Sends a request of the protocol that no method covers. Throws ProviderError unless the status is 200 to 299. */
  send(request: RegistryRequest, signal: AbortSignal): Promise<EgressResponse> {
    return this.#transport.send(request, signal);
  }

  /** `GET /v2/`: proves that the registry accepts the credential, but says nothing about access to repositories. */
  async ping(signal: AbortSignal): Promise<EgressResponse> {
    const request: RegistryRequest = { method: 'GET', path: '/v2/', scopes: [] };
    const response = await this.#transport.send(request, signal);
    if (!isRegistry(response)) throw this.#transport.unreadable(request);
    return response;
  }

  /** Reads the catalog. A last resort: many registries offer it to administrators only, or not at all. */
  async listRepositories(query: DiscoveryQuery, signal: AbortSignal): Promise<Page<DiscoveredRepository>> {
    const fetch = (page: string) => this.#names('/v2/_catalog', page, [CATALOG_SCOPE], 'repositories', signal);
    const { items, nextCursor } = await pageOf(fetch, query, (name) => name);
    return { items: items.map((name) => discoveredRepository(this.#options.endpoint, name)), nextCursor };
  }

  async listTags(repository: string, query: DiscoveryQuery, signal: AbortSignal): Promise<Page<DiscoveredTag>> {
    const scopes = [repositoryScope(repository, this.#options.tagActions)];
    const fetch = (page: string) => this.#names(`/v2/${repository}/tags/list`, page, scopes, 'tags', signal);
    const { items, nextCursor } = await pageOf(fetch, query, (name) => name);
    return { items: items.map((name) => ({ name, digest: null, pushedAt: null })), nextCursor };
  }

  async resolveDigest(
    repository: string,
    reference: string,
    { platform }: { readonly platform: string | null },
    signal: AbortSignal,
  ): Promise<ResolvedImage> {
    if (platform === null) {
      const found = await this.#describe(repository, reference, signal);
      return { repository, reference, platform, ...found };
    }
    const { entries } = await this.manifest(repository, reference, signal);
    if (!entries) throw noPlatform(repository, reference, 'is an image of one platform');
    const entry = entryFor(entries, platform);
    if (!entry) throw noPlatform(repository, reference, `has no single image for ${platform}`);
    const { digest, mediaType, size } = entry;
    return { repository, reference, platform: entry.platform, digest, mediaType, size };
  }

  listReferrers(
    repository: string,
    digest: string,
    query: ReferrersQuery,
    signal: AbortSignal,
  ): Promise<Page<Referrer>> {
    return this.#referrers.list(repository, digest, query, signal);
  }

  /** Fetches a manifest or an index and verifies its digest. Throws `too_large` above 4 MiB. */
  async manifest(repository: string, reference: string, signal: AbortSignal): Promise<Manifest> {
    const request = manifestRequest('GET', repository, reference);
    const manifest = readManifest(await this.#transport.send(request, signal), reference);
    if (!manifest) throw this.#transport.unreadable(request);
    return manifest;
  }

  async #describe(repository: string, reference: string, signal: AbortSignal) {
    const request = manifestRequest('HEAD', repository, reference);
    const response = await this.#transport.exchange(request, signal);
    // Some registries do not support HEAD, and some answer it without the digest.
    if (response.status !== 405) this.#transport.accept(request, response);
    const described = response.status === 405 ? null : describedBy(response);
    const found = described ?? (await this.manifest(repository, reference, signal));
    verifyReference(reference, found);
    const { digest, mediaType, size } = found;
    return { digest, mediaType, size };
  }

  async #names(
    path: string,
    query: string,
    scopes: readonly string[],
    field: 'repositories' | 'tags',
    signal: AbortSignal,
  ): Promise<UpstreamPage<string>> {
    const request: RegistryRequest = { method: 'GET', path: `${path}?${query}`, scopes };
    const response = await this.#transport.exchange(request, signal);
    // Without `n`, the registry chooses the page size itself, and links to the next page.
    if (FIRST_PAGE.test(query) && isTooMany(response)) return this.#names(path, '', scopes, field, signal);
    this.#transport.accept(request, response);
    const asked = new URL(`${this.#options.endpoint}${request.path}`);
    const next = nextQuery(response.headers['link'], asked, this.#options.product);
    const items = this.#namesIn(response, request, field);
    return next === null && this.#options.omitsLinks ? pageWithoutLink(query, items) : { items, next };
  }

  #namesIn(response: EgressResponse, request: RegistryRequest, field: 'repositories' | 'tags'): readonly string[] {
    const answer = readJson(response.text(), (cause) => this.#transport.unreadable(request, cause));
    const names = (answer as Record<string, unknown>)[field];
    if (names === null) return []; // Distribution's answer for a repository without tags
    if (!Array.isArray(names)) throw this.#transport.unreadable(request);
    const plausible = names.every(isPlausible) ? names : names.filter(isPlausible);
    return isPlain(response.body) ? plausible : plausible.filter((name) => !MISLEADING.test(name));
  }
}

/** True if the page is larger than the operator allows. https://distribution.github.io/distribution/about/configuration/#catalog */
function isTooMany(response: EgressResponse): boolean {
  return response.status === 400 && errorCodeIn(response) === 'PAGINATION_NUMBER_INVALID';
}

/** True if no text in a JSON can be MISLEADING, as usual. Scanning the bytes is far cheaper than testing each name. */
function isPlain(json: Uint8Array): boolean {
  return isAscii(json) && !PLAIN_EXCEPTIONS.some((byte) => json.includes(byte));
}

function isPlausible(name: unknown): name is string {
  return typeof name === 'string' && name !== '' && name.length <= MAX_NAME;
}

function manifestRequest(method: 'GET' | 'HEAD', repository: string, reference: string): RegistryRequest {
  const path = `/v2/${repository}/manifests/${reference}`;
  return {
    ...{ method, path, scopes: [repositoryScope(repository)] },
    ...{ accept: ACCEPT_MANIFESTS, maxBytes: MAX_MANIFEST_BYTES },
  };
}

function noPlatform(repository: string, reference: string, why: string): ProviderError {
  return new ProviderError('not_found_or_no_access', `${repository}: ${reference} ${why}`);
}
