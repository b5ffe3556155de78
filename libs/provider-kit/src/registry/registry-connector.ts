import type { DiscoveredTag, Page, Referrer, ResolvedImage } from '@integrations/contracts';
import type { DiscoveryQuery } from '../discovery';

export interface ReferrersQuery extends DiscoveryQuery {
  /** Null lists referrers of every type. */
  readonly artifactType: string | null;
}

/**
 * Reads images of a container registry. If the registry can list its repositories, `discovery` does that. `repository`
 * is the full name within the registry, such as `team/app`. All methods throw ProviderError, such as
 * `not_found_or_no_access` or `permission_missing`.
 */
export interface RegistryConnector {
  /** Tags in the registry's order; `q` matches a part of the name. Capability `tags`. */
  listTags(repository: string, query: DiscoveryQuery, signal: AbortSignal): Promise<Page<DiscoveredTag>>;
  /**
   * The manifest that `reference`, a tag or a digest, currently names. With a platform: that platform's image in a
   * multi-platform one. Throws `digest_mismatch` if the content does not match its digest. Capability `digest`.
   */
  resolveDigest(
    repository: string,
    reference: string,
    options: { readonly platform: string | null },
    signal: AbortSignal,
  ): Promise<ResolvedImage>;
  /** Artifacts that refer to an image; `q` matches a part of the artifact type. Capability `referrers`. */
  listReferrers(
    repository: string,
    digest: string,
    query: ReferrersQuery,
    signal: AbortSignal,
  ): Promise<Page<Referrer>>;
}
