import type { Page, ScmOperationView } from '@integrations/contracts';
import { OperationRepository, toOperationView } from '@integrations/database';
import { Controller, Get, HttpCode, Post } from '@nestjs/common';
import { ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import { type Caller, RequestCaller } from '../access/caller';
import { RequireScope } from '../access/require-scope';
import { OperationPageResponse, OperationResponse } from '../docs/operation.response';
import { ApiProblems } from '../docs/problems';
import { ApiQueryOf } from '../docs/query-parameters';
import { ApiUuidParam } from '../docs/uuid-param';
import { UuidParam } from '../http/id';
import { NoBody } from '../http/no-body';
import { ValidQuery } from '../http/query';
import { notFound } from '../refusal';
import { filterOf, ListOperationsQuery } from './list-operations.query';
import { OperationCommands } from './operation-commands';

/** The ledger of annotation operations, which the annotation-dispatcher writes. */
@ApiTags('annotations')
@Controller('annotations')
export class AnnotationsController {
  constructor(
    private readonly operations: OperationRepository,
    private readonly commands: OperationCommands,
  ) {}

  @Get()
  @ApiOperation({ operationId: 'listAnnotations', summary: 'List annotation operations, newest first' })
  @ApiQueryOf(ListOperationsQuery)
  @ApiResponse({ status: 200, type: OperationPageResponse })
  @ApiProblems('invalid_request')
  @RequireScope('annotations:read')
  async list(
    @RequestCaller() { tenantId }: Caller,
    @ValidQuery(ListOperationsQuery) query: ListOperationsQuery,
  ): Promise<Page<ScmOperationView>> {
    const { items, nextCursor } = await this.operations.list(tenantId, filterOf(query), query);
    return { items: items.map(toOperationView), nextCursor };
  }

  @Get(':operationId')
  @ApiOperation({ operationId: 'getAnnotation', summary: 'Read an operation and its outcome' })
  @ApiUuidParam('operationId')
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
    operationId: 'retryAnnotation',
    summary: 'Post a parked or failed operation now',
    description:
      'For a failed operation, first fix the cause that its error code names. The operation is posted before later ones ' +
      'for the same pull request or commit, and its deadline no longer applies. It ends as superseded if a newer ' +
      'operation has replaced it, and is parked again if posting is still offline.',
  })
  @ApiUuidParam('operationId')
  @ApiResponse({ status: 202, type: OperationResponse })
  @ApiProblems('invalid_request', 'not_found', 'conflict')
  @RequireScope('annotations:write')
  async retry(
    @RequestCaller() caller: Caller,
    @UuidParam('operationId') operationId: string,
    @NoBody() _body: unknown,
  ): Promise<ScmOperationView> {
    return toOperationView(await this.commands.retry(caller, operationId));
  }

  @Post(':operationId/cancel')
  @HttpCode(200)
  @ApiOperation({
    operationId: 'cancelAnnotation',
    summary: 'Cancel a queued or parked operation',
    description:
      'Refused while the operation is being posted. Cancelling it again does nothing. An operation that left a check run ' +
      'unfinished is queued until a dispatcher has concluded the check run: see `ending`.',
  })
  @ApiUuidParam('operationId')
  @ApiResponse({ status: 200, type: OperationResponse })
  @ApiProblems('invalid_request', 'not_found', 'conflict')
  @RequireScope('annotations:write')
  async cancel(
    @RequestCaller() caller: Caller,
    @UuidParam('operationId') operationId: string,
    @NoBody() _body: unknown,
  ): Promise<ScmOperationView> {
    return toOperationView(await this.commands.cancel(caller, operationId));
  }
}
