import type { DiscoveredRepository, Page } from '@integrations/contracts';
import { ApiProperty } from '@nestjs/swagger';

const VISIBILITIES = ['public', 'internal', 'private'];

class RepositoryResponse implements DiscoveredRepository {
  @ApiProperty({ example: '1296269' })
  readonly id: string;

  @ApiProperty({ example: 'acme' })
  readonly owner: string;

  @ApiProperty({ example: 'shop' })
  readonly name: string;

  @ApiProperty({ example: 'https://github.com/acme/shop' })
  readonly url: string;

  @ApiProperty({ type: String, nullable: true, example: 'main' })
  readonly defaultBranch: string | null;

  @ApiProperty({ type: String, enum: VISIBILITIES, nullable: true, example: 'private' })
  readonly visibility: DiscoveredRepository['visibility'];

  @ApiProperty()
  readonly archived: boolean;
}

export class RepositoryPageResponse implements Page<DiscoveredRepository> {
  @ApiProperty({ type: [RepositoryResponse], description: 'May be fewer than `limit`, or none, although more follow' })
  readonly items: readonly RepositoryResponse[];

  @ApiProperty({ type: String, nullable: true })
  readonly nextCursor: string | null;
}
