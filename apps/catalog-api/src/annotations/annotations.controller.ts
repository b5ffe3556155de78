import type { Page, ScmOperationView } from '@integrations/contracts';
import { OperationRepository, toOperationView } from '@integrations/database';
import { Controller, Get } from '@nestjs/common';
import { ApiOperation, ApiParam, ApiResponse, ApiTags } from '@nestjs/swagger';
import { type Caller, RequestCaller } from '../access/caller';
import { RequireScope } from '../access/require-scope';
import { OperationPageResponse, OperationResponse } from '../docs/operation.response';
import { ApiProblems } from '../docs/problems';
import { ApiQueryOf } from '../docs/request-schemas';
import { UuidParam } from '../http/id';
import { ValidQuery } from '../http/query';
import { notFound } from '../refusal';
import { ListOperationsQuery } from './list-operations.query';

/** The ledger of annotation operations, which the annotation-dispatcher writes. */
@ApiTags('annotations')
@Controller('annotations')
export class AnnotationsController {
  constructor(private readonly operations: OperationRepository) {}

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
}
