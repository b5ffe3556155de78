import { IsIn, IsInt, IsOptional, IsString, IsUUID, Length, Max, MaxLength, Min } from 'class-validator';
import type { Page } from './page';

/** What can be listed through an integration. A provider that supports it has a capability of the same name. */
export const DISCOVERY_KINDS = ['repositories'] as const;
export type DiscoveryKind = (typeof DISCOVERY_KINDS)[number];

/**
 * A repository that an integration can reach. SCM requests take its `owner` and `name` as `owner` and `repository`. For
 * a container registry, `owner` is the part of the full name before the last slash, or empty if there is no slash.
 */
export interface DiscoveredRepository {
  /** The vendor's id, which survives a rename of the repository. */
  readonly id: string;
  /**
   * The `owner` of SCM requests, including subgroups if any. For a container registry: the part of the full name before
   * the last slash, or empty if there is no slash.
   */
  readonly owner: string;
  /** The `repository` of SCM requests. For a container registry: the part of the full name after the last slash. */
  readonly name: string;
  /** The repository's page for a browser. */
  readonly url: string;
  /** Name of the default branch; null if the repository is empty or the vendor does not report it. */
  readonly defaultBranch: string | null;
  /** Who can see the repository at the vendor; null if the vendor does not report it. */
  readonly visibility: 'public' | 'internal' | 'private' | null;
  /** True if the repository is read-only at the vendor: nothing can be posted to it. */
  readonly archived: boolean;
}

/** One page of repositories. */
export type DiscoveryPage = Page<DiscoveredRepository>;

const MAX_DISCOVERED = 100;

/** Selects a page of a list that is read from the vendor. */
export class VendorPageQuery {
  /** The most items to return. A page may hold fewer and still have a `nextCursor`. */
  @IsInt()
  @Min(1)
  @Max(MAX_DISCOVERED)
  limit: number = 50;

  /** The `nextCursor` of the previous page of the same list with the same filters. */
  @IsOptional()
  @IsString()
  @MaxLength(4_000)
  cursor?: string;
}

/** Selects a page of a list that can be searched. */
export class DiscoverPageQuery extends VendorPageQuery {
  /** Part of the full name, which includes the owner, folder or namespace. Case is ignored. */
  @IsOptional()
  @IsString()
  @Length(1, 200)
  q?: string;
}

/** `integrations.v1.rpc.probe.discover`: list the repositories that an integration can reach. */
export class DiscoverRequest extends DiscoverPageQuery {
  /** Id of the integration. */
  @IsUUID()
  integrationId: string;

  /** What to list. */
  @IsIn(DISCOVERY_KINDS)
  kind: DiscoveryKind;
}
