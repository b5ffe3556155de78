import type {
  DiscoveredTag,
  ImageDescriptor,
  Referrer,
  ReferrerPage,
  ResolvedImage,
  TagPage,
} from '@integrations/contracts';
import { ApiProperty } from '@nestjs/swagger';

const DIGEST = `sha256:${'3f'.repeat(32)}`;
const MEDIA_TYPE = 'application/vnd.oci.image.manifest.v1+json';

class TagResponse implements DiscoveredTag {
  @ApiProperty({ example: '1.4.2' })
  readonly name: string;

  @ApiProperty({ type: String, nullable: true, example: DIGEST })
  readonly digest: string | null;

  @ApiProperty({
    type: String,
    format: 'date-time',
    nullable: true,
  })
  readonly pushedAt: string | null;
}

export class TagPageResponse implements TagPage {
  @ApiProperty({ type: [TagResponse], description: 'May be fewer than `limit`, or none, although more follow' })
  readonly items: readonly TagResponse[];

  @ApiProperty({ type: String, nullable: true })
  readonly nextCursor: string | null;
}

class ImageResponse implements ImageDescriptor {
  @ApiProperty({ example: DIGEST })
  readonly digest: string;

  @ApiProperty({ type: String, nullable: true, example: MEDIA_TYPE })
  readonly mediaType: string | null;

  @ApiProperty({ type: Number, nullable: true, example: 1_024 })
  readonly size: number | null;
}

export class ResolvedImageResponse extends ImageResponse implements ResolvedImage {
  @ApiProperty({ example: 'team/shop' })
  readonly repository: string;

  @ApiProperty({ example: 'stable' })
  readonly reference: string;

  @ApiProperty({
    type: String,
    nullable: true,
    example: 'linux/arm64/v8',
  })
  readonly platform: string | null;
}

class ReferrerResponse extends ImageResponse implements Referrer {
  @ApiProperty({ type: String, nullable: true, example: 'application/spdx+json' })
  readonly artifactType: string | null;

  @ApiProperty({ type: 'object', additionalProperties: { type: 'string' } })
  readonly annotations: Readonly<Record<string, string>>;
}

export class ReferrerPageResponse implements ReferrerPage {
  @ApiProperty({ type: [ReferrerResponse], description: 'May be fewer than `limit`, or none, although more follow' })
  readonly items: readonly ReferrerResponse[];

  @ApiProperty({ type: String, nullable: true })
  readonly nextCursor: string | null;
}
