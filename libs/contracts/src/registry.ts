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
  readonly name: string;
  /** Null where the registry's list does not tell: resolve the tag. */
  readonly digest: string | null;
  /** ISO-8601 UTC; null where the registry's list does not tell. */
  readonly pushedAt: string | null;
}

/** Names content by its digest. */
export interface ImageDescriptor {
  readonly digest: string;
  /** Null where the registry does not say. */
  readonly mediaType: string | null;
  /** Bytes; null where the registry does not say. */
  readonly size: number | null;
}

/** What a tag or a digest stands for now. */
export interface ResolvedImage extends ImageDescriptor {
  readonly repository: string;
  /** As it was asked for. */
  readonly reference: string;
  /** Of the image that was chosen from a multi-platform one; null where none was asked for. */
  readonly platform: string | null;
}

/** What refers to an image: a signature, an SBOM, an attestation. */
export interface Referrer extends ImageDescriptor {
  readonly artifactType: string | null;
  readonly annotations: Readonly<Record<string, string>>;
}

/** One page of the tags of a repository. */
export type TagPage = Page<DiscoveredTag>;

/** One page of what refers to an image. */
export type ReferrerPage = Page<Referrer>;

/** `integrations.v1.rpc.registry.repositories`. */
export class ListRegistryRepositoriesRequest extends DiscoverPageQuery {
  @IsUUID()
  integrationId: string;
}

/** Which page of the tags of a repository. The order is the registry's. */
export class ListTagsQuery extends DiscoverPageQuery {
  @Matches(REPOSITORY_PATTERN, { message: REPOSITORY_MESSAGE })
  @MaxLength(MAX_REPOSITORY)
  repository: string;
}

/** `integrations.v1.rpc.registry.tags`. */
export class ListTagsRequest extends ListTagsQuery {
  @IsUUID()
  integrationId: string;
}

/** Which image. */
export class ResolveImageQuery {
  @Matches(REPOSITORY_PATTERN, { message: REPOSITORY_MESSAGE })
  @MaxLength(MAX_REPOSITORY)
  repository: string;

  /** A tag or a digest. */
  @Matches(REFERENCE_PATTERN, { message: 'must be a tag, or a digest such as sha256:… with all its digits' })
  reference: string;

  /** `os/architecture[/variant]`, to have the image of one platform out of a multi-platform one. */
  @IsOptional()
  @Matches(PLATFORM_PATTERN, { message: 'must be os/architecture or os/architecture/variant, such as linux/arm64' })
  platform?: string;
}

/** `integrations.v1.rpc.registry.resolve`. */
export class ResolveImageRequest extends ResolveImageQuery {
  @IsUUID()
  integrationId: string;
}

/** Which page of what refers to an image. `q` is a part of the artifact type. */
export class ListReferrersQuery extends DiscoverPageQuery {
  @Matches(REPOSITORY_PATTERN, { message: REPOSITORY_MESSAGE })
  @MaxLength(MAX_REPOSITORY)
  repository: string;

  /** Of the image. */
  @Matches(DIGEST_PATTERN, { message: 'must be a digest such as sha256:… with all its digits' })
  digest: string;

  /** Only those of this type. */
  @IsOptional()
  @IsString()
  @Length(1, 255)
  artifactType?: string;
}

/** `integrations.v1.rpc.registry.referrers`. */
export class ListReferrersRequest extends ListReferrersQuery {
  @IsUUID()
  integrationId: string;
}
