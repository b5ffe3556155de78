import type { DependentView } from '@integrations/contracts';
import { ApiProperty } from '@nestjs/swagger';

export class DependentResponse implements DependentView {
  @ApiProperty({ example: 'scheduler' })
  readonly consumer: string;

  @ApiProperty({ type: String, nullable: true, example: 'nightly scans of acme/*' })
  readonly note: string | null;

  @ApiProperty({ format: 'date-time' })
  readonly createdAt: string;

  @ApiProperty({ format: 'date-time' })
  readonly updatedAt: string;
}

export class DependentListResponse {
  @ApiProperty({ type: [DependentResponse], description: 'Ordered by name' })
  readonly items: readonly DependentResponse[];
}
