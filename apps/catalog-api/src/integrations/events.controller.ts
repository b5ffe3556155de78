import { type EventView, type Page, PageQuery } from '@integrations/contracts';
import { EventHistory, IntegrationRepository, type RecordedEvent } from '@integrations/database';
import { Controller, Get } from '@nestjs/common';
import { ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import { type Caller, mayDo, RequestCaller } from '../access/caller';
import { RequireScope } from '../access/require-scope';
import { EventPageResponse } from '../docs/event.response';
import { ApiProblems } from '../docs/problems';
import { ApiQueryOf } from '../docs/query-parameters';
import { ApiUuidParam } from '../docs/uuid-param';
import { UuidParam } from '../http/id';
import { ValidQuery } from '../http/query';
import { notFound } from '../refusal';

const DESCRIPTION =
  'Returns events as they were published, also of deleted and purged integrations, for one week after publication. An ' +
  'event appears once it has its sequence number, a moment after it happened. Annotation events are included only if the ' +
  'token has the scope `annotations:read`.';

/** The events of an integration. */
@ApiTags('integrations')
@Controller('integrations/:id/events')
export class EventsController {
  constructor(
    private readonly history: EventHistory,
    private readonly integrations: IntegrationRepository,
  ) {}

  @Get()
  @ApiOperation({
    operationId: 'listEvents',
    summary: 'List the events of an integration, newest first',
    description: DESCRIPTION,
  })
  @ApiUuidParam('id')
  @ApiQueryOf(PageQuery)
  @ApiResponse({ status: 200, type: EventPageResponse })
  @ApiProblems('invalid_request', 'not_found')
  @RequireScope('integrations:read')
  async list(
    @RequestCaller() caller: Caller,
    @UuidParam('id') id: string,
    @ValidQuery(PageQuery) page: PageQuery,
  ): Promise<Page<EventView>> {
    const { tenantId } = caller;
    const annotations = mayDo(caller, 'annotations:read');
    const { items, nextCursor } = await this.history.list(tenantId, id, { annotations }, page);
    if (items.length === 0 && !(await this.integrations.findAny(tenantId, id))) throw notFound('integration', id);
    return { items: items.map(toView), nextCursor };
  }
}

function toView({ eventId: id, event, sequence, generation, occurredAt, data }: RecordedEvent): EventView {
  return { id, event, sequence, generation, at: occurredAt.toISOString(), data };
}
