import type { DiscoveredTag, Page, Referrer, ResolvedImage } from '@integrations/contracts';
import type { DiscoveryQuery } from '../discovery';

export interface ReferrersQuery extends DiscoveryQuery {
  /** Null for all. */
  readonly artifactType: string | null;
}

/**
 * What a container registry tells of its images. Its repositories are listed by `discovery`, where it can. `repository` is the
 * whole name within the registry, such as `team/app`. All throw ProviderError: `not_found_or_no_access`, `permission_missing`.
 */
export interface RegistryConnector {
  /** In the registry's order; `q` is a part of the name. Capability `tags`. */
  listTags(repository: string, query: DiscoveryQuery, signal: AbortSignal): Promise<Page<DiscoveredTag>>;
  /**
   * What `reference`, a tag or a digest, stands for now; with a platform, its image out of a multi-platform one. Throws
   * `digest_mismatch` where the content is not what its digest names. Capability `digest`.
   */
  resolveDigest(
    repository: string,
    reference: string,
    options: { readonly platform: string | null },
    signal: AbortSignal,
  ): Promise<ResolvedImage>;
  /** What refers to an image; `q` is a part of the artifact type. Capability `referrers`. */
  listReferrers(
    repository: string,
    digest: string,
    query: ReferrersQuery,
    signal: AbortSignal,
  ): Promise<Page<Referrer>>;
}
