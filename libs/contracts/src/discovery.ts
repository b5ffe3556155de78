import { IsIn, IsInt, IsOptional, IsString, IsUUID, Length, Max, MaxLength, Min } from 'class-validator';
import type { Page } from './page';

/** What can be looked up through an integration; a provider that can says so in its capabilities, by the same word. */
export const DISCOVERY_KINDS = ['repositories'] as const;
export type DiscoveryKind = (typeof DISCOVERY_KINDS)[number];

/**
 * A repository that an integration reaches. `owner` and `name` are what SCM requests take as owner and repository. Of a
 * container registry, `owner` is what stands before the last slash of the full name, and empty where there is none.
 */
export interface DiscoveredRepository {
  /** The vendor's, which stays when the repository is renamed. */
  readonly id: string;
  readonly owner: string;
  readonly name: string;
  /** For people, in a browser. */
  readonly url: string;
  /** Null while the repository is empty, or where the vendor does not tell. */
  readonly defaultBranch: string | null;
  readonly visibility: 'public' | 'internal' | 'private' | null;
  /** Read-only at the vendor: nothing can be posted there. */
  readonly archived: boolean;
}

/** One page of what is found. */
export type DiscoveryPage = Page<DiscoveredRepository>;

const MAX_DISCOVERED = 100;

/** Which page of a list that is read from a vendor. */
export class VendorPageQuery {
  /** A page may hold fewer items and still have another one after it. */
  @IsInt()
  @Min(1)
  @Max(MAX_DISCOVERED)
  limit: number = 50;

  /** The `nextCursor` of the page before, of the same list with the same filters. */
  @IsOptional()
  @IsString()
  @MaxLength(4_000)
  cursor?: string;
}

/** Which page of a list that can be searched. */
export class DiscoverPageQuery extends VendorPageQuery {
  /** A part of the name, with what stands before it (owner, folder, namespace), in upper or lower case. */
  @IsOptional()
  @IsString()
  @Length(1, 200)
  q?: string;
}

/** `integrations.v1.rpc.probe.discover`. */
export class DiscoverRequest extends DiscoverPageQuery {
  @IsUUID()
  integrationId: string;

  @IsIn(DISCOVERY_KINDS)
  kind: DiscoveryKind;
}
