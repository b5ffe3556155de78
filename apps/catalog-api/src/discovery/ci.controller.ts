import { DiscoverPageQuery, ListRunsQuery, type PipelinePage, RPC, type RunPage } from '@integrations/contracts';
import { Controller, Get } from '@nestjs/common';
import { ApiOperation, ApiParam, ApiResponse, ApiTags } from '@nestjs/swagger';
import { type Caller, RequestCaller } from '../access/caller';
import { RequireScope } from '../access/require-scope';
import { ApiProblems } from '../docs/problems';
import { ApiQueryOf } from '../docs/request-schemas';
import { UuidParam } from '../http/id';
import { ValidQuery } from '../http/query';
import { PipelinePageResponse, RunPageResponse } from './ci.response';
import { VENDOR_PROBLEMS } from './vendor-problems';
import { VendorReads } from './vendor-reads';

const READ_AT_EACH_CALL = 'Read from the CI system at each call, with the stored credential, by the health-worker.';

/** What a CI system can run and has run. Asks for the right to test, as lists of repositories do. */
@ApiTags('integrations')
@Controller('integrations/:id')
export class CiController {
  constructor(private readonly reads: VendorReads) {}

  @Get('pipelines')
  @ApiOperation({ summary: 'List what a CI system can run', description: READ_AT_EACH_CALL })
  @ApiParam({ name: 'id', schema: { type: 'string', format: 'uuid' } })
  @ApiQueryOf(DiscoverPageQuery)
  @ApiResponse({ status: 200, type: PipelinePageResponse })
  @ApiProblems(...VENDOR_PROBLEMS)
  @RequireScope('integrations:test')
  pipelines(
    @RequestCaller() { tenantId }: Caller,
    @UuidParam('id') id: string,
    @ValidQuery(DiscoverPageQuery) query: DiscoverPageQuery,
  ): Promise<PipelinePage> {
    return this.reads.ask(tenantId, id, RPC.ciPipelines, query, 'list the pipelines');
  }

  @Get('runs')
  @ApiOperation({
    summary: 'List what a CI system has run, newest first',
    description: `Some systems need a pipeline or a repository to list runs of, and say so. ${READ_AT_EACH_CALL}`,
  })
  @ApiParam({ name: 'id', schema: { type: 'string', format: 'uuid' } })
  @ApiQueryOf(ListRunsQuery)
  @ApiResponse({ status: 200, type: RunPageResponse })
  @ApiProblems(...VENDOR_PROBLEMS)
  @RequireScope('integrations:test')
  runs(
    @RequestCaller() { tenantId }: Caller,
    @UuidParam('id') id: string,
    @ValidQuery(ListRunsQuery) query: ListRunsQuery,
  ): Promise<RunPage> {
    return this.reads.ask(tenantId, id, RPC.ciRuns, query, 'list the runs');
  }
}
