import type { Page, ScmOperationView } from '@integrations/contracts';
import { OperationRepository, toOperationView } from '@integrations/database';
import { Controller, Get, HttpCode, Post } from '@nestjs/common';
import { ApiOperation, ApiParam, ApiResponse, ApiTags } from '@nestjs/swagger';
import { type Caller, RequestCaller } from '../access/caller';
import { RequireScope } from '../access/require-scope';
import { OperationPageResponse, OperationResponse } from '../docs/operation.response';
import { ApiProblems } from '../docs/problems';
import { ApiQueryOf } from '../docs/request-schemas';
import { UuidParam } from '../http/id';
import { NoBody } from '../http/no-body';
import { ValidQuery } from '../http/query';
import { notFound } from '../refusal';
import { ListOperationsQuery } from './list-operations.query';
import { ParkedOperations } from './parked-operations';

/** The ledger of annotation operations, which the annotation-dispatcher writes. */
@ApiTags('annotations')
@Controller('annotations')
export class AnnotationsController {
  constructor(
    private readonly operations: OperationRepository,
    private readonly parked: ParkedOperations,
  ) {}

  @Get()
  @ApiOperation({ summary: 'List annotation operations, newest first' })
  @ApiQueryOf(ListOperationsQuery)
  @ApiResponse({ status: 200, type: OperationPageResponse })
  @ApiProblems('invalid_request')
  @RequireScope('annotations:read')
  async list(
    @RequestCaller() { tenantId }: Caller,
    @ValidQuery(ListOperationsQuery) { limit, cursor, ...filter }: ListOperationsQuery,
  ): Promise<Page<ScmOperationView>> {
    const { items, nextCursor } = await this.operations.list(tenantId, filter, { limit, cursor });
    return { items: items.map(toOperationView), nextCursor };
  }

  @Get(':operationId')
  @ApiOperation({ summary: 'Read what became of an operation' })
  @ApiParam({ name: 'operationId', schema: { type: 'string', format: 'uuid' } })
  @ApiResponse({ status: 200, type: OperationResponse })
  @ApiProblems('invalid_request', 'not_found')
  @RequireScope('annotations:read')
  async read(
    @RequestCaller() { tenantId }: Caller,
    @UuidParam('operationId') operationId: string,
  ): Promise<ScmOperationView> {
    const row = await this.operations.find(tenantId, operationId);
    if (!row) throw notFound('operation', operationId);
    return toOperationView(row);
  }

  @Post(':operationId/retry')
  @HttpCode(202)
  @ApiOperation({
    summary: 'Post a parked operation now',
    description:
      'Queues an operation that was parked while posting was switched off. It ends as superseded if something newer ' +
      'was accepted under its upsertKey since, and is parked again while posting is still off.',
  })
  @ApiParam({ name: 'operationId', schema: { type: 'string', format: 'uuid' } })
  @ApiResponse({ status: 202, type: OperationResponse })
  @ApiProblems('invalid_request', 'not_found', 'conflict')
  @RequireScope('annotations:write')
  async retry(
    @RequestCaller() caller: Caller,
    @UuidParam('operationId') operationId: string,
    @NoBody() _body: unknown,
  ): Promise<ScmOperationView> {
    return toOperationView(await this.parked.retry(caller, operationId));
  }
}
