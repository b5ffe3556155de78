import { validate } from '@integrations/contracts';
import { Body, Controller, Get, HttpCode, Post, StreamableFile } from '@nestjs/common';
import { ApiBody, ApiExtraModels, ApiOperation, ApiResponse, ApiTags, getSchemaPath } from '@nestjs/swagger';
import { type Caller, RequestCaller } from '../access/caller';
import { RequireScope } from '../access/require-scope';
import { ParkedPayload, ReplayedResponse } from '../docs/parked-payload.response';
import { ApiProblems } from '../docs/problems';
import { ApiQueryOf } from '../docs/query-parameters';
import { ValidQuery } from '../http/query';
import { invalid } from '../refusal';
import { OperationCommands } from './operation-commands';
import { parkedFilterOf, ParkedQuery } from './parked.query';
import { ParkedPayloads } from './parked-payloads';

const NDJSON = 'application/x-ndjson';

/** Operations that were parked instead of posted. */
@ApiTags('annotations')
@Controller('annotations/offline')
export class OfflineController {
  constructor(
    private readonly payloads: ParkedPayloads,
    private readonly commands: OperationCommands,
  ) {}

  @Get()
  @ApiOperation({
    operationId: 'listParkedAnnotations',
    summary: 'List parked operations, for posting by hand',
    description: 'One JSON object per line, longest parked first. Holds no credential.',
  })
  @ApiQueryOf(ParkedQuery)
  @ApiExtraModels(ParkedPayload)
  @ApiResponse({
    status: 200,
    description: 'One line per parked operation',
    content: { [NDJSON]: { schema: { $ref: getSchemaPath(ParkedPayload) } } },
  })
  @ApiProblems('invalid_request')
  @RequireScope('annotations:read')
  async list(
    @RequestCaller() { tenantId }: Caller,
    @ValidQuery(ParkedQuery) query: ParkedQuery,
  ): Promise<StreamableFile> {
    const lines = await this.payloads.stream(tenantId, parkedFilterOf(query));
    return new StreamableFile(lines, { type: NDJSON });
  }

  @Post('replay')
  @HttpCode(202)
  @ApiOperation({
    operationId: 'replayParkedAnnotations',
    summary: 'Post all parked operations now',
    description:
      'Posts in the order of acceptance within each pull request or commit. An operation that is parked again because ' +
      'posting is still offline is not taken a second time. Repeating a completed request does nothing.',
  })
  @ApiBody({ required: false, schema: { $ref: '#/components/schemas/ReplayRequest' } })
  @ApiResponse({ status: 202, type: ReplayedResponse })
  @ApiProblems('invalid_request')
  @RequireScope('annotations:write')
  async replay(@RequestCaller() caller: Caller, @Body() body: unknown): Promise<ReplayedResponse> {
    const request = validate(ParkedQuery, body ?? {});
    if (!request.ok) throw invalid(request.errors);
    return this.commands.replay(caller, parkedFilterOf(request.value));
  }
}
