import type { DiscoveredRepository, Page } from '@integrations/contracts';
import { ApiProperty } from '@nestjs/swagger';

const VISIBILITIES = ['public', 'internal', 'private'];

class RepositoryResponse implements DiscoveredRepository {
  @ApiProperty({ description: "The vendor's id, which survives a rename", example: '1296269' })
  readonly id: string;

  @ApiProperty({ description: 'The `owner` of SCM requests, including subgroups if any', example: 'acme' })
  readonly owner: string;

  @ApiProperty({ example: 'shop' })
  readonly name: string;

  @ApiProperty({ example: 'https://github.com/acme/shop' })
  readonly url: string;

  @ApiProperty({ type: String, nullable: true, example: 'main' })
  readonly defaultBranch: string | null;

  @ApiProperty({ type: String, enum: VISIBILITIES, nullable: true, example: 'private' })
  readonly visibility: DiscoveredRepository['visibility'];

  @ApiProperty({ description: 'True if the repository is read-only at the vendor' })
  readonly archived: boolean;
}

export class RepositoryPageResponse implements Page<DiscoveredRepository> {
  @ApiProperty({ type: [RepositoryResponse], description: 'May be fewer than `limit`, or none, although more follow' })
  readonly items: readonly RepositoryResponse[];

  @ApiProperty({ type: String, nullable: true, description: 'Null on the last page' })
  readonly nextCursor: string | null;
}
