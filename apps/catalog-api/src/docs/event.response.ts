import type { EventView, Page } from '@integrations/contracts';
import { ApiProperty } from '@nestjs/swagger';

class EventResponse implements EventView {
  @ApiProperty({ format: 'uuid' })
  readonly id: string;

  @ApiProperty({ example: 'updated' })
  readonly event: string;

  @ApiProperty({ type: 'integer', example: 2 })
  readonly sequence: number;

  @ApiProperty({ type: 'integer', example: 2 })
  readonly generation: number;

  @ApiProperty({ format: 'date-time' })
  readonly at: string;

  @ApiProperty({ type: 'object', additionalProperties: true, example: { changedFields: ['name'] } })
  readonly data: Record<string, unknown>;
}

export class EventPageResponse implements Page<EventView> {
  @ApiProperty({ type: [EventResponse] })
  readonly items: readonly EventResponse[];

  @ApiProperty({ type: String, nullable: true })
  readonly nextCursor: string | null;
}
