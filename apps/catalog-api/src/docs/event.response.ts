import type { EventView, Page } from '@integrations/contracts';
import { ApiProperty } from '@nestjs/swagger';

export class EventResponse implements EventView {
  @ApiProperty({ format: 'uuid', description: 'The `ce-id` of the message' })
  readonly id: string;

  @ApiProperty({ example: 'updated' })
  readonly event: string;

  @ApiProperty({ type: 'integer', description: 'Per integration, without gaps; the `ce-sequence`', example: 2 })
  readonly sequence: number;

  @ApiProperty({ type: 'integer', description: 'Generation of the registration when the event happened', example: 2 })
  readonly generation: number;

  @ApiProperty({ format: 'date-time' })
  readonly at: string;

  @ApiProperty({ type: 'object', additionalProperties: true, example: { changedFields: ['name'] } })
  readonly data: Record<string, unknown>;
}

export class EventPageResponse implements Page<EventView> {
  @ApiProperty({ type: [EventResponse] })
  readonly items: readonly EventResponse[];

  @ApiProperty({ type: String, nullable: true, description: 'Null on the last page' })
  readonly nextCursor: string | null;
}
