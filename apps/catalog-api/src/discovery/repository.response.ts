import type { DiscoveredRepository, Page } from '@integrations/contracts';
import { ApiProperty } from '@nestjs/swagger';

const VISIBILITIES = ['public', 'internal', 'private'];

class RepositoryResponse implements DiscoveredRepository {
  @ApiProperty({ description: "The vendor's, which stays when the repository is renamed", example: '1296269' })
  readonly id: string;

  @ApiProperty({ description: 'As SCM requests take it: with subgroups, where a vendor has them', example: 'acme' })
  readonly owner: string;

  @ApiProperty({ example: 'shop' })
  readonly name: string;

  @ApiProperty({ example: 'https://github.com/acme/shop' })
  readonly url: string;

  @ApiProperty({ type: String, nullable: true, example: 'main' })
  readonly defaultBranch: string | null;

  @ApiProperty({ type: String, enum: VISIBILITIES, nullable: true, example: 'private' })
  readonly visibility: DiscoveredRepository['visibility'];

  @ApiProperty({ description: 'Nothing can be posted there' })
  readonly archived: boolean;
}

export class RepositoryPageResponse implements Page<DiscoveredRepository> {
  @ApiProperty({ type: [RepositoryResponse], description: 'May be short of the limit, or empty, with more to come' })
  readonly items: readonly RepositoryResponse[];

  @ApiProperty({ type: String, nullable: true, description: 'Null on the last page' })
  readonly nextCursor: string | null;
}
