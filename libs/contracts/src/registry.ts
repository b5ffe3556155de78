import { IsOptional, IsString, IsUUID, Length, Matches, MaxLength } from 'class-validator';
import { DiscoverPageQuery } from './discovery';
import type { Page } from './page';

/** https://github.com/opencontainers/distribution-spec/blob/main/spec.md#pulling-manifests */
const REPOSITORY_PATTERN = /^[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*(?:\/[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*)*$/;
const TAG_REFERENCE_PATTERN = /^[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}$/;
export const DIGEST_PATTERN = /^(?:sha256:[0-9a-f]{64}|sha512:[0-9a-f]{128})$/;
/** `os/architecture` or `os/architecture/variant`. */
const PLATFORM_PATTERN = /^[a-z0-9]{1,30}\/[a-z0-9_]{1,30}(?:\/[a-z0-9.]{1,30})?$/;

const REFERENCE_PATTERN = new RegExp(`${TAG_REFERENCE_PATTERN.source}|${DIGEST_PATTERN.source}`);
const REPOSITORY_MESSAGE = 'must be the name of a repository within the registry, such as team/shop';
const MAX_REPOSITORY = 255;

/** A tag of a repository. */
export interface DiscoveredTag {
  /** The tag. */
  readonly name: string;
  /** Null if the registry's list of tags does not include digests: resolve the tag to get it. */
  readonly digest: string | null;
  /** ISO-8601 UTC; null if the registry's list of tags does not include it. */
  readonly pushedAt: string | null;
}

/** Identifies content by its digest. */
export interface ImageDescriptor {
  /** Digest of the manifest, such as `sha256:…`. */
  readonly digest: string;
  /** Media type of the manifest; null if the registry does not report it. */
  readonly mediaType: string | null;
  /** Size of the manifest in bytes; null if the registry does not report it. */
  readonly size: number | null;
}

/** The image that a tag or digest currently refers to. */
export interface ResolvedImage extends ImageDescriptor {
  /** Name of the repository within the registry. */
  readonly repository: string;
  /** The tag or digest of the request. */
  readonly reference: string;
  /** The platform chosen from a multi-platform image; null if the request named none. */
  readonly platform: string | null;
}

/** An artifact that refers to an image: a signature, an SBOM, an attestation. */
export interface Referrer extends ImageDescriptor {
  /** Type of the artifact, such as `application/spdx+json`; null if the registry does not report it. */
  readonly artifactType: string | null;
  /** Annotations of the artifact, by key. */
  readonly annotations: Readonly<Record<string, string>>;
}

/** One page of the tags of a repository. */
export type TagPage = Page<DiscoveredTag>;

/** One page of the artifacts that refer to an image. */
export type ReferrerPage = Page<Referrer>;

/** `integrations.v1.rpc.registry.repositories`: list the repositories of a container registry. */
export class ListRegistryRepositoriesRequest extends DiscoverPageQuery {
  /** Id of the integration. */
  @IsUUID()
  integrationId: string;
}

/** Selects a page of a repository's tags, in the registry's own order. */
export class ListTagsQuery extends DiscoverPageQuery {
  /** Part of the tag. Case is ignored. */
  declare q?: string;

  /** Name of the repository within the registry, such as `team/shop`. */
  @Matches(REPOSITORY_PATTERN, { message: REPOSITORY_MESSAGE })
  @MaxLength(MAX_REPOSITORY)
  repository: string;
}

/** `integrations.v1.rpc.registry.tags`: list the tags of a repository. */
export class ListTagsRequest extends ListTagsQuery {
  /** Id of the integration. */
  @IsUUID()
  integrationId: string;
}

/** Selects an image. */
export class ResolveImageQuery {
  /** Name of the repository within the registry, such as `team/shop`. */
  @Matches(REPOSITORY_PATTERN, { message: REPOSITORY_MESSAGE })
  @MaxLength(MAX_REPOSITORY)
  repository: string;

  /** A tag or a digest. */
  @Matches(REFERENCE_PATTERN, { message: 'must be a tag, or a digest such as sha256:… with all its digits' })
  reference: string;

  /** `os/architecture[/variant]`: selects the image of one platform from a multi-platform image. */
  @IsOptional()
  @Matches(PLATFORM_PATTERN, { message: 'must be os/architecture or os/architecture/variant, such as linux/arm64' })
  platform?: string;
}

/** `integrations.v1.rpc.registry.resolve`: find the image that a tag or digest refers to now. */
export class ResolveImageRequest extends ResolveImageQuery {
  /** Id of the integration. */
  @IsUUID()
  integrationId: string;
}

/** Selects a page of the artifacts that refer to an image. */
export class ListReferrersQuery extends DiscoverPageQuery {
  /** Part of the artifact type. Case is ignored. */
  declare q?: string;

  /** Name of the repository within the registry, such as `team/shop`. */
  @Matches(REPOSITORY_PATTERN, { message: REPOSITORY_MESSAGE })
  @MaxLength(MAX_REPOSITORY)
  repository: string;

  /** Digest of the image. */
  @Matches(DIGEST_PATTERN, { message: 'must be a digest such as sha256:… with all its digits' })
  digest: string;

  /** List only artifacts of this type. */
  @IsOptional()
  @IsString()
  @Length(1, 255)
  artifactType?: string;
}

/** `integrations.v1.rpc.registry.referrers`: list the artifacts that refer to an image. */
export class ListReferrersRequest extends ListReferrersQuery {
  /** Id of the integration. */
  @IsUUID()
  integrationId: string;
}
